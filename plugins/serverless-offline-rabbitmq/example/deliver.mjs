/** An ES module handler: prints what a batch has to deliver. */
export async function handler({ rmqMessagesByQueue }) {
  for (const [queue, messages] of Object.entries(rmqMessagesByQueue)) {
    const pizzas = messages.map(({ data }) => Buffer.from(data, 'base64').toString())
    console.log(JSON.stringify({ deliver: queue, pizzas }))
  }
}
