import { afterEach, expect, it, jest } from '@jest/globals'

process.env.LOG_LEVEL = 'silent'
const { reportCount, reportSeconds } = await import('./metrics.ts')

const write = jest.spyOn(process.stdout, 'write')
afterEach(() => {
  write.mockReset()
  delete process.env.AWS_LAMBDA_RUNTIME_API
  delete process.env.AWS_LAMBDA_FUNCTION_NAME
})

it('writes one line in the embedded metric format on Lambda', async () => {
  Object.assign(process.env, {
    AWS_LAMBDA_RUNTIME_API: '127.0.0.1:9001',
    AWS_LAMBDA_FUNCTION_NAME: 'stockroom-dev-sweep',
  })
  write.mockReturnValue(true)

  await reportSeconds('OutboxAge', async () => 7.5)

  const lines = write.mock.calls.map(([text]) => JSON.parse(String(text)))
  expect(lines).toEqual([
    {
      _aws: {
        Timestamp: expect.any(Number),
        CloudWatchMetrics: [
          {
            Namespace: 'Stockroom',
            Dimensions: [['FunctionName']],
            Metrics: [{ Name: 'OutboxAge', Unit: 'Seconds' }],
          },
        ],
      },
      FunctionName: 'stockroom-dev-sweep',
      OutboxAge: 7.5,
    },
  ])
})

it('says of a count that it is one', async () => {
  process.env.AWS_LAMBDA_RUNTIME_API = '127.0.0.1:9001'
  write.mockReturnValue(true)

  await reportCount('DeadLetters', async () => 3)

  const { _aws, DeadLetters } = JSON.parse(String(write.mock.calls[0]?.[0]))
  expect(DeadLetters).toBe(3)
  expect(_aws.CloudWatchMetrics[0].Metrics).toEqual([{ Name: 'DeadLetters', Unit: 'Count' }])
})

it('doesn’t even measure elsewhere', async () => {
  const measure = jest.fn<() => Promise<number>>()

  await reportSeconds('OutboxAge', measure)

  expect(measure).not.toHaveBeenCalled()
})

it('lets a function go on when its measurement fails', async () => {
  process.env.AWS_LAMBDA_RUNTIME_API = '127.0.0.1:9001'

  await reportSeconds('OutboxAge', () => Promise.reject(new Error('database is away')))

  expect(write).not.toHaveBeenCalled()
})
