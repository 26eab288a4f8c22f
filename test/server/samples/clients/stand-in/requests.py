"""As much of the requests library as the samples call, for machines that have Python and nothing else."""
import json as _json
import urllib.error
import urllib.request


class Response:
    def __init__(self, status_code, content):
        self.status_code = status_code
        self.content = content

    def json(self):
        return _json.loads(self.content)


def post(url, json=None, headers=None):
    request = urllib.request.Request(url, data=_json.dumps(json).encode(), headers=headers or {}, method="POST")
    try:
        with urllib.request.urlopen(request) as answer:
            return Response(answer.status, answer.read())
    except urllib.error.HTTPError as answer:
        return Response(answer.code, answer.read())
