//! The vendors: where the keys of each go, and what the values mean together.

use super::To::{
    Agent, Bytes, Client, Cluster, Count, End, Id, Kind, Method, Other, Path, Provided, Service,
    Site, Start, Status, Took, TookWithUnit, Upstream, UpstreamStatus, Version, Why,
};
use super::VendorJson;
use crate::format::leaf::Unit;
use crate::format::web::clf::tail::stated_twice;
use crate::format::web::envoy::{level, said};
use crate::record::{Level, Message};
use std::borrow::Cow;

/// Access log of Envoy and Istio: known by its response flags, stamped at the start.
pub static ENVOY: VendorJson = VendorJson {
    name: "Envoy JSON",
    about: "access log of Envoy and Istio as JSON",
    sample: r#"{"start_time":"2026-03-10T13:05:01.000Z","method":"POST","path":"/pay","protocol":"HTTP/2","response_code":503,"response_flags":"UF,URX","bytes_received":15,"bytes_sent":91,"duration":1002,"upstream_service_time":null,"user_agent":"curl/8.5","request_id":"cc21d9b0","authority":"shop:8000","upstream_host":"10.0.2.2:80","upstream_cluster":"outbound|8000||shop.prod.svc.cluster.local"}"#,
    needles: &["\"response_flags\""],
    keys: &[
        (&["start_time", "timestamp", "time", "@timestamp"], Start),
        (&["response_code", "status", "code"], Status),
        (&["response_flags"], Why),
        (&["method"], Method),
        (
            &["path", "x-envoy-original-path", "x_envoy_original_path"],
            Path,
        ),
        (&["bytes_sent"], Bytes),
        (&["duration"], Took(Unit::Milli)),
        (&["user_agent"], Agent),
        (&["request_id", "x_request_id"], Id),
        (&["upstream_host"], Upstream),
        (&["upstream_cluster"], Cluster),
    ],
    otherwise: &[
        (&["downstream_remote_address"], Client),
        (&["authority"], Site),
    ],
    within: "",
    finish: |e| {
        let status = e.status?;
        e.request.message = (!e.why.is_empty()).then(|| Message::new(level(status), said(e.why)));
        Some(())
    },
};

/// Traefik's access log. An origin that was never reached has the status 0.
pub static TRAEFIK: VendorJson = VendorJson {
    name: "traefik JSON",
    about: "access log of Traefik as JSON",
    sample: r#"{"ClientHost":"192.0.2.10","DownstreamContentSize":11,"DownstreamStatus":502,"Duration":1500000,"OriginDuration":1400000,"OriginStatus":0,"RequestHost":"www.example.com","RequestMethod":"GET","RequestPath":"/cart","RetryAttempts":2,"RouterName":"shop@docker","ServiceName":"shop-svc@docker","StartUTC":"2026-03-10T13:05:00.000431Z","level":"info","msg":"","time":"2026-03-10T13:05:00Z"}"#,
    needles: &["\"DownstreamStatus\""],
    keys: &[
        (&["StartUTC"], Start),
        (&["time"], End),
        (&["DownstreamStatus"], Status),
        (&["Duration"], Took(Unit::Nano)),
        (&["DownstreamContentSize"], Bytes),
        (&["OriginStatus"], UpstreamStatus),
        (&["RequestMethod"], Method),
        (&["RequestPath"], Path),
        (&["ClientHost"], Client),
        (&["ServiceAddr"], Upstream),
        (&["TraceId"], Id),
        (&["request_User-Agent"], Agent),
        (&["ServiceName"], Provided),
        (&["RequestCount"], Count),
    ],
    otherwise: &[(&["ServiceURL"], Upstream), (&["RouterName"], Provided)],
    within: "",
    finish: |e| {
        e.request.message = (e.count == Some(1)).then(stated_twice);
        Some(())
    },
};

/// Cloudflare Logpush, times in the encoding of the job. Codes 520–530 are the edge's own words for trouble with the origin.
pub static CLOUDFLARE: VendorJson = VendorJson {
    name: "Cloudflare",
    about: "HTTP requests as Cloudflare Logpush writes them",
    sample: r#"{"ClientIP":"192.0.2.10","ClientRequestHost":"www.example.com","ClientRequestMethod":"GET","ClientRequestURI":"/cart","EdgeEndTimestamp":"2026-03-10T13:05:01Z","EdgeResponseBytes":1234,"EdgeResponseStatus":521,"EdgeStartTimestamp":"2026-03-10T13:05:00Z","OriginResponseStatus":0,"RayID":"3a6050bcbe121a88"}"#,
    needles: &["\"EdgeResponseStatus\""],
    keys: &[
        (&["EdgeStartTimestamp"], Start),
        (&["EdgeEndTimestamp"], End),
        (&["EdgeResponseStatus"], Status),
        (&["EdgeResponseBytes"], Bytes),
        (&["OriginResponseStatus"], UpstreamStatus),
        (&["OriginIP"], Upstream),
        (&["ClientRequestMethod"], Method),
        (&["ClientRequestURI"], Path),
        (&["ClientRequestHost"], Site),
        (&["ClientRequestUserAgent"], Agent),
        (&["ClientIP"], Client),
        (&["RayID"], Id),
        (&["EdgeTimeToFirstByteMs"], Took(Unit::Milli)),
    ],
    otherwise: &[(&["ClientRequestPath"], Path)],
    within: "",
    finish: |e| {
        e.request.message = trouble_with_origin(e.status?).map(|t| Message::new(Level::Error, t));
        if let (Some(start), Some(end), -1) = (e.start, e.end, e.request.latency_us) {
            e.request.latency_us = (end.instant()?.0 - start.instant()?.0).max(-1);
        }
        Some(())
    },
};

/// Entries of Google Cloud's log that hold a request. What an application says of a request in that style has words of its own.
pub static GOOGLE: VendorJson = VendorJson {
    name: "GCP HTTP request",
    about: "log entries of Google Cloud with a request: load balancers, Cloud Run",
    sample: r#"{"httpRequest":{"requestMethod":"GET","requestUrl":"https://www.example.com/cart","status":502,"responseSize":"447","remoteIp":"192.0.2.10","latency":"0.002s"},"insertId":"1abd","jsonPayload":{"statusDetails":"failed_to_connect_to_backend"},"logName":"projects/p/logs/requests","resource":{"labels":{"backend_service_name":"shop"},"type":"http_load_balancer"},"severity":"WARNING","timestamp":"2026-03-10T13:05:00.000431Z"}"#,
    needles: &["\"httpRequest\""],
    keys: &[
        (&["timestamp"], Start),
        (&["httpRequest.status"], Status),
        (&["httpRequest.requestMethod"], Method),
        (&["httpRequest.requestUrl"], Path),
        (&["httpRequest.responseSize"], Bytes),
        (&["httpRequest.userAgent"], Agent),
        (&["httpRequest.remoteIp"], Client),
        (&["httpRequest.serverIp"], Upstream),
        (&["httpRequest.latency"], TookWithUnit),
        (&["jsonPayload.statusDetails"], Why),
        (&["trace"], Id),
        (&["message", "textPayload"], Other),
        (&["resource"], Kind),
        (
            &[
                "resource.labels.backend_service_name",
                "resource.labels.service_name",
                "resource.labels.module_id",
            ],
            Service,
        ),
        (
            &[
                "resource.labels.revision_name",
                "resource.labels.version_id",
            ],
            Version,
        ),
    ],
    otherwise: &[],
    within: "",
    finish: |e| {
        (e.kind.is_some() && !e.is_other).then_some(())?;
        if e.status? >= 500 && !e.why.is_empty() {
            // `failed_to_connect_to_backend` is said of one request, in the words of a sentence
            let mut words = e.why.to_vec();
            words
                .iter_mut()
                .filter(|c| **c == b'_')
                .for_each(|c| *c = b' ');
            e.request.message = Some(Message {
                text: Cow::Owned(words),
                ..Message::new(Level::Error, b"")
            });
        }
        Some(())
    },
};

/// Azure's gateways (Application Gateway, Front Door, App Service) as diagnostic settings export them: the request lies in
/// `properties`; rows of Log Analytics have all at the top. Times are seconds at the gateways, milliseconds at App Service.
pub static AZURE: VendorJson = VendorJson {
    name: "Azure access log",
    about: "access entries of Azure Application Gateway, Front Door and App Service",
    sample: r#"{"timeStamp":"2026-03-10T13:05:00+00:00","category":"ApplicationGatewayAccessLog","properties":{"instanceId":"gw_0","clientIP":"192.0.2.1","httpMethod":"GET","requestUri":"/cart","httpStatus":502,"sentBytes":350,"timeTaken":0.12,"host":"shop.example.com","serverRouted":"10.0.0.4:80","serverStatus":"502"}}"#,
    needles: &["\"properties\"", "\"AppServiceHTTPLogs\""],
    keys: &[
        (&["time", "timeStamp", "timestamp", "TimeGenerated"], End),
        (&["category", "Category", "Type"], Kind),
        (&["httpStatus", "httpStatusCode", "ScStatus"], Status),
        (&["httpMethod", "CsMethod"], Method),
        (&["requestUri", "CsUriStem"], Path),
        (&["clientIP", "clientIp", "CIp"], Client),
        (&["userAgent", "UserAgent"], Agent),
        (&["sentBytes", "responseBytes", "ScBytes"], Bytes),
        (&["timeTaken"], Took(Unit::Second)),
        (&["TimeTaken"], Took(Unit::Milli)),
        (&["serverRouted", "backendHostname"], Upstream),
        (&["trackingReference", "transactionId"], Id),
        (&["errorInfo", "error_info"], Why),
        (&["host", "hostName", "CsHost"], Site),
    ],
    otherwise: &[],
    within: "properties",
    finish: |e| {
        let ends = [&b"AccessLog"[..], b"HTTPLogs"];
        e.kind.filter(|k| ends.iter().any(|end| k.ends_with(end)))?;
        if e.status? >= 500 && !e.why.is_empty() && e.why != b"NoError" {
            e.request.message = Some(Message::new(Level::Error, e.why));
        }
        Some(())
    },
};

/// API gateways: Kong and APISIX, whose request and response are objects, and Akamai's DataStream. All stamp the start.
pub static GATEWAY: VendorJson = VendorJson {
    name: "API gateway JSON",
    about: "access lines of Kong, APISIX and Akamai DataStream as JSON",
    sample: r#"{"response":{"size":93,"status":503},"request":{"method":"GET","size":1,"uri":"/pay","url":"http://api.example.com:8000/pay"},"client_ip":"203.0.113.9","started_at":1773147900123,"latencies":{"request":515,"kong":58,"proxy":457},"service":{"name":"shop"},"route":{"name":"pay"}}"#,
    needles: &["\"started_at\"", "\"start_time\"", "\"reqTimeSec\""],
    keys: &[
        (&["started_at", "start_time", "reqTimeSec"], Start),
        (&["response.status", "statusCode"], Status),
        (&["response.size", "bytes"], Bytes),
        (
            &["latencies.request", "latency", "turnAroundTimeMSec"],
            Took(Unit::Milli),
        ),
        (&["request.method", "reqMethod"], Method),
        (&["request.uri", "reqPath"], Path),
        (&["request.id", "reqId"], Id),
        (&["client_ip", "cliIP"], Client),
        (&["upstream"], Upstream),
        (&["UA"], Agent),
        (&["service.name"], Service),
    ],
    otherwise: &[
        (&["request.url"], Path),
        (&["service_id", "reqHost"], Service),
    ],
    within: "",
    finish: |_| Some(()),
};

/// Suricata's events of kind `http`: requests as the network showed them, stamped at their end.
pub static SURICATA: VendorJson = VendorJson {
    name: "Suricata HTTP",
    about: "HTTP events of Suricata's EVE log",
    sample: r#"{"timestamp":"2026-03-10T13:05:00.123456+0100","flow_id":1,"event_type":"http","src_ip":"203.0.113.7","src_port":51234,"dest_ip":"10.0.0.1","dest_port":80,"proto":"TCP","tx_id":0,"http":{"hostname":"shop.example.com","url":"/cart","http_user_agent":"curl/8.5","http_method":"GET","protocol":"HTTP/1.1","status":502,"length":157}}"#,
    needles: &["\"event_type\""],
    keys: &[
        (&["timestamp"], End),
        (&["event_type"], Kind),
        (&["src_ip"], Client),
        (&["http.hostname"], Site),
        (&["http.url"], Path),
        (&["http.http_method"], Method),
        (&["http.http_user_agent"], Agent),
        (&["http.status"], Status),
        (&["http.length"], Bytes),
    ],
    otherwise: &[],
    within: "",
    finish: |e| {
        // a request that nobody answered has no status
        e.status.get_or_insert(0);
        (e.kind == Some(b"http") && !e.request.method.is_empty()).then_some(())
    },
};

/// What Cloudflare's own codes say of the origin.
fn trouble_with_origin(status: u16) -> Option<&'static [u8]> {
    Some(match status {
        520 => b"520: the origin returned an unknown error",
        521 => b"521: the origin refused the connection",
        522 => b"522: connection to the origin timed out",
        523 => b"523: the origin is unreachable",
        524 => b"524: the origin took too long to answer",
        525 => b"525: TLS handshake with the origin failed",
        526 => b"526: the certificate of the origin is invalid",
        530 => b"530: name resolution of the origin failed",
        _ => return None,
    })
}
