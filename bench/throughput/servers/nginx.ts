import { userInfo } from 'node:os'
import { chatPath } from '../loads/exchange.ts'
import type { Kind } from '../loads/exchange.ts'

// Configurations of nginx with one worker, which keep all they write in their own folder.

/** The command that runs nginx in the foreground with the `nginx.conf` of a folder. */
export function nginxCommand(program: string, folder: string): string[] {
  return [program, '-e', 'stderr', '-p', folder, '-c', 'nginx.conf']
}

/** The names of the files that an upstream answers with. */
export const answerFiles: Readonly<Record<Kind, string>> = {
  json: 'answer.json',
  stream: 'answer.sse',
  tools: 'calls.sse',
}

/**
 * The upstream of all servers: a fixed answer from memory, one port for each kind. Only the body of a request tells them apart, and
 * nginx does not read it.
 */
export function upstreamConfig(ports: Readonly<Record<Kind, number>>): string {
  const kinds = Object.keys(ports) as Kind[]
  return config(`
  open_file_cache max=10;
  types { application/json json; text/event-stream sse; }
  etag off;
  max_ranges 0;
  add_header Last-Modified "";
  root .;
  ${kinds.map(kind => upstreamServer(kind, ports[kind])).join('')}`)
}

function upstreamServer(kind: Kind, port: number): string {
  return `server {
    listen 127.0.0.1:${port} backlog=1024;
    # Chunked, as models stream: nginx does not know the length of what it looks for includes in.
    ${kind === 'json' ? '' : 'ssi on; ssi_types text/event-stream;'}
    ${fixedAnswer(kind)}
  }
  `
}

/** nginx as the proxy in front of the upstream, as one sets it up for streams: nothing is held back. */
export function proxyConfig(port: number, upstreamPort: number): string {
  return config(`
  upstream model {
    server 127.0.0.1:${upstreamPort};
    keepalive 64;
    keepalive_requests 1000000000;
    keepalive_timeout 1h;
  }
  server {
    listen 127.0.0.1:${port} backlog=1024;
    location / {
      proxy_pass http://model;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
      proxy_buffer_size 16k;
      proxy_buffers 8 16k;
    }
  }`)
}

/** A file is not served to a POST; the page of that error is. */
function fixedAnswer(kind: Kind): string {
  return `location = ${chatPath} { error_page 405 =200 /${answerFiles[kind]}; return 405; }
    location = /v1/models { return 200 '{"object":"list","data":[]}'; }`
}

function config(http: string): string {
  const user = process.getuid?.() === 0 ? `user ${userInfo().username};` : ''
  return `${user}
daemon off;
worker_processes 1;
pid nginx.pid;
error_log stderr error;
events { worker_connections 32768; }
http {
  access_log off;
  keepalive_requests 1000000000;
  keepalive_timeout 1h;
  client_body_buffer_size 1m;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  ${http.trim()}
}
`
}
