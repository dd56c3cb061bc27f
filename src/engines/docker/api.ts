/**
 * docker's API, asked with curl: `api METHOD PATH FILE`. The socket is the one that the command line
 * uses. An answer that is an error is told on standard error.
 */
export const apiText = `socket=$(docker context inspect --format '{{.Endpoints.docker.Host}}' 2>/dev/null || :)
socket=\${DOCKER_HOST:-$socket}
case $socket in unix://*) socket=\${socket#unix://} ;; *) socket=/var/run/docker.sock ;; esac
api() {
  status=$(curl -sS --unix-socket "$socket" -X "$1" -H 'Content-Type: application/json' --data-binary "@$3" -o "$scratch/answer" -w '%{http_code}' "http://docker$2")
  case $status in 2??) ;; *) cat "$scratch/answer" >&2; echo >&2; return 1 ;; esac
}`;
