//! The names that structured application logs (JSON, logfmt) give to message, level, time, error, logger, host and version.
//! Names of request fields are the shared table's; no values here.

use crate::format::synonym::{self, Field};

/// What the name of a field at the top of a line means. The number is how sure the name is (smaller is surer).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// The message.
    Text(u8),
    /// Text that may be the message, or the whole line as written for people.
    Loose,
    Time,
    Level,
    /// PostgreSQL's level, by which its writer is known.
    PostgresLevel,
    /// A level of one letter, as MongoDB writes it; other things are named so too.
    ShortLevel,
    Logger,
    Service(u8),
    /// An application of a deploy tool.
    Application,
    Host(u8),
    Version(u8),
    /// An image, whose tag is a version.
    Image,
    Error(u8),
    /// Id of a trace.
    Trace,
    /// A part of a request.
    Part(RequestPart),
    Nothing,
}

/// What the name of a part of a request means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RequestPart {
    /// A latency whose name implies milliseconds although no unit is written.
    Milli,
    /// The method of a remote call.
    RpcMethod,
    /// How a remote call ended: a code of gRPC.
    RpcCode,
    /// On which side of a call the line was written.
    Side,
    /// As in the shared table.
    Of(Field),
}

/// What a name at the top of a line means.
pub(crate) fn meaning(key: &[u8]) -> Meaning {
    match key {
        b"msg" | b"message" | b"MESSAGE" | b"Message" => Meaning::Text(0),
        // zap for development
        b"M" => Meaning::Text(3),
        b"@m" | b"@message" | b"RenderedMessage" => Meaning::Text(1),
        b"event" | b"@mt" | b"MessageTemplate" => Meaning::Text(2),
        b"short_message" | b"body" | b"text" | b"log" | b"Description" => Meaning::Loose,
        b"time"
        | b"ts"
        | b"timestamp"
        | b"@timestamp"
        | b"@t"
        | b"asctime"
        | b"t"
        | b"datetime"
        | b"eventTime"
        | b"EventTime"
        | b"T"
        | b"Timestamp"
        | b"timeMillis"
        | b"date"
        // Windows events, as text and as PowerShell's properties
        | b"Date"
        | b"TimeCreated"
        | b"TimeGenerated"
        | b"generated_at"
        | b"timereported"
        | b"__REALTIME_TIMESTAMP"
        | b"_SOURCE_REALTIME_TIMESTAMP" => Meaning::Time,
        b"level" | b"levelname" | b"severity" | b"log.level" | b"lvl" | b"@l" | b"loglevel"
        | b"log_level" | b"PRIORITY" | b"severityText" | b"severity_text" | b"Level"
        | b"LogLevel" | b"Severity" | b"L" | b"LevelDisplayName" | b"EntryType" => Meaning::Level,
        // PostgreSQL's jsonlog.
        b"error_severity" => Meaning::PostgresLevel,
        b"s" => Meaning::ShortLevel,
        b"logger" | b"logger_name" | b"loggerName" | b"log.logger" | b"name" | b"SourceContext"
        | b"Category" | b"@module" | b"channel" | b"SourceName" | b"ProviderName" => Meaning::Logger,
        b"service" | b"service.name" | b"app" | b"app_name" | b"serviceName" | b"service_name"
        | b"dd.service" => Meaning::Service(0),
        b"application" => Meaning::Application,
        b"SYSLOG_IDENTIFIER" | b"tag" => Meaning::Service(2),
        b"Computer" | b"MachineName" | b"hostname" | b"Hostname" | b"host" | b"host.name" | b"host.hostname" | b"_HOSTNAME" => {
            Meaning::Host(1)
        }
        b"pod" | b"pod_name" | b"kubernetes.pod_name" => Meaning::Host(2),
        b"version" | b"service.version" | b"app_version" | b"appVersion" | b"dd.version" => {
            Meaning::Version(0)
        }
        b"release" | b"build" | b"git.sha" | b"commit" | b"sha" => Meaning::Version(1),
        b"image" => Meaning::Image,
        b"exc_info" | b"exception" | b"Exception" | b"@x" | b"exc" | b"traceback" | b"exc_text"
        | b"stack_info" => Meaning::Error(0),
        b"err" | b"error" | b"Error" | b"error.message" | b"exception.message"
        | b"error_message" => Meaning::Error(2),
        b"stack" | b"stack_trace" | b"stacktrace" | b"error.stack_trace" => Meaning::Error(5),
        b"trace_id"
        | b"traceId"
        | b"traceID"
        | b"trace.id"
        | b"dd.trace_id"
        | b"@tr"
        | b"X-B3-TraceId"
        | b"correlation_id"
        | b"logging.googleapis.com/trace" => Meaning::Trace,
        _ => part(key).map_or(Meaning::Nothing, Meaning::Part),
    }
}

/// What the name of a part of a request means.
pub(super) fn part(key: &[u8]) -> Option<RequestPart> {
    match key {
        b"responseTime"
        | b"Elapsed"
        | b"durationMillis"
        | b"elapsedMilliseconds"
        | b"grpc.time_ms" => return Some(RequestPart::Milli),
        b"grpc.method" | b"grpc_method" | b"rpc.method" => return Some(RequestPart::RpcMethod),
        b"grpc.code" | b"grpc_code" | b"rpc.grpc.status_code" => return Some(RequestPart::RpcCode),
        b"span.kind" | b"grpc.component" => return Some(RequestPart::Side),
        _ => {}
    }
    synonym::field(key).map(RequestPart::Of)
}
