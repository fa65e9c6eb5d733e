import t from 'tap'
import { withoutIds } from '../../../../plugins/proxy/selection/without-ids.ts'

t.test('the ids of objects do not count in an endpoint', async t => {
  for (const [path, expected] of [
    ['/uploads/upload_0', '/uploads/*'],
    ['/uploads/upload_7/complete', '/uploads/*/complete'],
    ['/conversations/conv-7f', '/conversations/*'],
    ['/containers/container_1/files/cfile_1/content', '/containers/*/files/*/content'],
    ['/batches/batch_2', '/batches/*'],
    ['/fine_tuning/jobs/ftjob-AbCdEfGhIjKlMnOpQrStUvWx', '/fine_tuning/jobs/*'],
    ['/fine_tuning/jobs/ftjob-abcdefghijklmnopqrstuv1w', '/fine_tuning/jobs/*'],
    ['/files/7', '/files/*'],
    ['/files/file-001', '/files/*'],
    ['/images/img-001', '/images/*'],
    ['/files/file-YkR9tpAqBhRWD1Jh7pQJmV', '/files/*'],
    ['/responses/resp_68d7a0c1', '/responses/*'],
    ['/threads/9b2e4c1a-7d3f-4e5a-8b6c-0d1e2f3a4b5c/runs', '/threads/*/runs'],
    ['/files/01HZXKABCDEFGHJKMNPQRSTVWX', '/files/*'],
  ] as const)
    t.equal(withoutIds(`GET ${path}`), `GET ${expected}`)
})

t.test('the names of endpoints and models are not ids', async t => {
  for (const path of [
    '/images/generations',
    '/images/image-to-video',
    '/images/image2video',
    '/async/txt2img',
    '/async/t2a_v2',
    '/async/text-to-speech',
    '/async/textToVideo',
    '/async/wan-t2v-14b-720p',
    '/fal-ai/wan-2.1-720p',
    '/models/flux-1.1-pro-ultra/predictions',
    '/models/veo-3.0-generate-001/predict',
    '/models/model-v2',
    '/models/gemini-1.5-pro:batchEmbedContents',
    '/files/',
    '/s/foo-1',
  ])
    t.equal(withoutIds(`POST ${path}`), `POST ${path}`)
})
