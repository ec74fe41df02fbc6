/** A CommonJS handler: prints the orders of a batch. */
exports.handler = async ({ rmqMessagesByQueue }) => {
  for (const [queue, messages] of Object.entries(rmqMessagesByQueue)) {
    const orders = messages.map(({ data }) => Buffer.from(data, 'base64').toString())
    console.log(JSON.stringify({ cook: queue, orders }))
  }
}
