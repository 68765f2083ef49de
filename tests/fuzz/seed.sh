#!/bin/sh
# Makes a corpus for every target: the inputs that were kept, and the first lines of each sample of the tests.
set -eu
cd "$(dirname "$0")"
rm -rf corpus
mkdir -p corpus
for target in web app pager custom archive stamp marker flat_json log_text job wrapped parts audit template settings; do mkdir "corpus/$target"; done
for kept in kept/*.tar.zst; do zstd -dcq "$kept" | tar -xf - -C "corpus/$(basename "$kept" .tar.zst)"; done
for f in ../data/formats/* ../data/*.log ../data/*.jsonl ../data/*.ndjson; do
    name=$(basename "$f")
    head -n 3 "$f" | head -c 4096 >"corpus/app/$name"
    head -n 12 "$f" | head -c 4096 >"corpus/job/$name"
    cp "corpus/app/$name" "corpus/web/$name"
    head -c 4096 "$f" >"corpus/wrapped/$name"
    head -n 1 "$f" | head -c 2048 >"corpus/log_text/$name"
    cp "corpus/log_text/$name" "corpus/marker/$name"
    head -n 1 "$f" | head -c 40 >"corpus/stamp/$name"
    case $name in *json*) cp "corpus/app/$name" "corpus/pager/$name"; cp "corpus/log_text/$name" "corpus/flat_json/$name" ;; esac
done
for f in ../data/seeds/*.txt; do cp "$f" "corpus/audit/$(basename "$f")"; done
for f in ../data/nagios.log ../data/pager_plain.log; do head -n 5 "$f" >"corpus/pager/$(basename "$f")"; done
printf '[]' >corpus/parts/empty
program=${CARGO_TARGET_DIR:-../../target}/debug/coroner
if [ -x "$program" ]; then
    for f in ../data/formats/nginx_combined.log ../data/formats/pino.jsonl; do
        head -n 3 "$f" | "$program" summarize - --no-config |
            sed 's/.*"body"://; s/}$//' >"corpus/parts/$(basename "$f")"
    done
fi
cat >corpus/custom/main <<'END'
$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" $request_time $upstream_response_time
203.0.113.9 - - [20/Nov/2026:06:33:18 +0000] "GET / HTTP/1.1" 502 157 "-" "curl/8" 0.100 0.050, 0.040
END
head -c 600 ../data/nagios.log >corpus/archive/one.log
(
    cd corpus/archive
    tar -cf plain.tar one.log && tar -czf packed.tar.gz one.log
    python3 -c 'import zipfile; zipfile.ZipFile("one.zip", "w", zipfile.ZIP_DEFLATED).write("one.log")'
)
cat >corpus/custom/apache <<'END'
%v:%p %h %l %u %t \"%r\" %>s %O \"%{Referer}i\" %D %{%H:%M}t
END
cat >corpus/custom/haproxy <<'END'
%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %hr %hs %{+Q}r
END
cat >corpus/custom/logback <<'END'
%clr(%d{yyyy-MM-dd HH:mm:ss.SSS}){faint} %-5level [%15.15t] %logger{36} : %msg%n
END
cp ../../crates/report/src/report/templates/* corpus/template/
cat >corpus/settings/all <<'END'
tz = "Europe/Berlin"
slo = 99.9
sensitivity = "high"
edge = ["lb/*.log"]
template = "md"
[assume_tz]
"db/*" = "+02:00"
[services]
api = ["api/*.log"]
[redact]
extra = ["ticket-[0-9]+"]
[audit]
allow = ["impact.missing"]
[[format]]
name = "own"
nginx = '$remote_addr [$time_local] "$request" $status'
match = ["web/*"]
[[marker]]
marker = "deploy"
regex = "rolled out (?P<version>.*)"
END
