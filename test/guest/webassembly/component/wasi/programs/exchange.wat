;; Sends `total` bytes by POST, no more than `window` of them ahead of those that have come back, and reads what
;; comes meanwhile: it waits for room in the request's body and for the response at once. Byte n is n modulo
;; 256. The result is how many came back, and how often there was no room; or the case of the error-code, 254
;; where the body of the request was closed, 255 where there is no code.
(component
  (import "wasi:io/poll@0.2.0" (instance $poll
    (export "pollable" (type $pollable (sub resource)))
    (export "[method]pollable.ready" (func
      (param "self" (borrow $pollable)) (result bool)))
    (export "poll" (func (param "in" (list (borrow $pollable))) (result (list u32))))))
  (alias export $poll "pollable" (type $pollable))
  (import "wasi:io/error@0.2.0" (instance $error
    (export "error" (type (sub resource)))))
  (alias export $error "error" (type $error))
  (import "wasi:io/streams@0.2.0" (instance $streams
    (alias outer 1 $error (type $outer-error))
    (alias outer 1 $pollable (type $outer-pollable))
    (export "error" (type $error (eq $outer-error)))
    (export "pollable" (type $pollable (eq $outer-pollable)))
    (type $stream-error' (variant (case "last-operation-failed" (own $error)) (case "closed")))
    (export "stream-error" (type $stream-error (eq $stream-error')))
    (export "input-stream" (type $input-stream (sub resource)))
    (export "output-stream" (type $output-stream (sub resource)))
    (export "[method]input-stream.read" (func
      (param "self" (borrow $input-stream)) (param "len" u64)
      (result (result (list u8) (error $stream-error)))))
    (export "[method]input-stream.subscribe" (func
      (param "self" (borrow $input-stream)) (result (own $pollable))))
    (export "[method]output-stream.check-write" (func
      (param "self" (borrow $output-stream)) (result (result u64 (error $stream-error)))))
    (export "[method]output-stream.write" (func
      (param "self" (borrow $output-stream)) (param "contents" (list u8))
      (result (result (error $stream-error)))))
    (export "[method]output-stream.subscribe" (func
      (param "self" (borrow $output-stream)) (result (own $pollable))))))
  (alias export $streams "input-stream" (type $input-stream))
  (alias export $streams "output-stream" (type $output-stream))
  (import "wasi:http/types@0.2.0" (instance $types
    (alias outer 1 $error (type $outer-error))
    (alias outer 1 $pollable (type $outer-pollable))
    (alias outer 1 $input-stream (type $outer-input))
    (alias outer 1 $output-stream (type $outer-output))
    (export "io-error" (type $io-error (eq $outer-error)))
    (export "pollable" (type $pollable (eq $outer-pollable)))
    (export "input-stream" (type $input-stream (eq $outer-input)))
    (export "output-stream" (type $output-stream (eq $outer-output)))
    (type $dns' (record (field "rcode" (option string)) (field "info-code" (option u16))))
    (export "DNS-error-payload" (type $dns (eq $dns')))
    (type $tls' (record (field "alert-id" (option u8)) (field "alert-message" (option string))))
    (export "TLS-alert-received-payload" (type $tls (eq $tls')))
    (type $size' (record (field "field-name" (option string)) (field "field-size" (option u32))))
    (export "field-size-payload" (type $size (eq $size')))
    (type $code' (variant
      (case "DNS-timeout") (case "DNS-error" $dns) (case "destination-not-found")
      (case "destination-unavailable") (case "destination-IP-prohibited")
      (case "destination-IP-unroutable") (case "connection-refused")
      (case "connection-terminated") (case "connection-timeout") (case "connection-read-timeout")
      (case "connection-write-timeout") (case "connection-limit-reached")
      (case "TLS-protocol-error") (case "TLS-certificate-error") (case "TLS-alert-received" $tls)
      (case "HTTP-request-denied") (case "HTTP-request-length-required")
      (case "HTTP-request-body-size" (option u64)) (case "HTTP-request-method-invalid")
      (case "HTTP-request-URI-invalid") (case "HTTP-request-URI-too-long")
      (case "HTTP-request-header-section-size" (option u32))
      (case "HTTP-request-header-size" (option $size))
      (case "HTTP-request-trailer-section-size" (option u32))
      (case "HTTP-request-trailer-size" $size) (case "HTTP-response-incomplete")
      (case "HTTP-response-header-section-size" (option u32))
      (case "HTTP-response-header-size" $size) (case "HTTP-response-body-size" (option u64))
      (case "HTTP-response-trailer-section-size" (option u32))
      (case "HTTP-response-trailer-size" $size)
      (case "HTTP-response-transfer-coding" (option string))
      (case "HTTP-response-content-coding" (option string)) (case "HTTP-response-timeout")
      (case "HTTP-upgrade-failed") (case "HTTP-protocol-error") (case "loop-detected")
      (case "configuration-error") (case "internal-error" (option string))))
    (export "error-code" (type $code (eq $code')))
    (type $method' (variant (case "get") (case "head") (case "post") (case "put") (case "delete")
      (case "connect") (case "options") (case "trace") (case "patch") (case "other" string)))
    (export "method" (type $method (eq $method')))
    (type $scheme' (variant (case "HTTP") (case "HTTPS") (case "other" string)))
    (export "scheme" (type $scheme (eq $scheme')))
    (export "fields" (type $fields (sub resource)))
    (export "outgoing-request" (type $request (sub resource)))
    (export "outgoing-body" (type $sent (sub resource)))
    (export "request-options" (type (sub resource)))
    (export "incoming-response" (type $response (sub resource)))
    (export "incoming-body" (type $body (sub resource)))
    (export "future-incoming-response" (type $future (sub resource)))
    (export "http-error-code" (func
      (param "err" (borrow $io-error)) (result (option $code))))
    (export "[constructor]fields" (func (result (own $fields))))
    (export "[constructor]outgoing-request" (func
      (param "headers" (own $fields)) (result (own $request))))
    (export "[method]outgoing-request.set-method" (func
      (param "self" (borrow $request)) (param "method" $method) (result (result))))
    (export "[method]outgoing-request.set-scheme" (func
      (param "self" (borrow $request)) (param "scheme" (option $scheme)) (result (result))))
    (export "[method]outgoing-request.set-authority" (func
      (param "self" (borrow $request)) (param "authority" (option string)) (result (result))))
    (export "[method]outgoing-request.set-path-with-query" (func
      (param "self" (borrow $request)) (param "path-with-query" (option string))
      (result (result))))
    (export "[method]outgoing-request.body" (func
      (param "self" (borrow $request)) (result (result (own $sent)))))
    (export "[method]outgoing-body.write" (func
      (param "self" (borrow $sent)) (result (result (own $output-stream)))))
    (export "[static]outgoing-body.finish" (func
      (param "this" (own $sent)) (param "trailers" (option (own $fields)))
      (result (result (error $code)))))
    (export "[method]future-incoming-response.subscribe" (func
      (param "self" (borrow $future)) (result (own $pollable))))
    (export "[method]future-incoming-response.get" (func
      (param "self" (borrow $future))
      (result (option (result (result (own $response) (error $code)))))))
    (export "[method]incoming-response.consume" (func
      (param "self" (borrow $response)) (result (result (own $body)))))
    (export "[method]incoming-body.stream" (func
      (param "self" (borrow $body)) (result (result (own $input-stream)))))))
  (alias export $types "outgoing-request" (type $request))
  (alias export $types "request-options" (type $options))
  (alias export $types "future-incoming-response" (type $future))
  (alias export $types "error-code" (type $code))
  (import "wasi:http/outgoing-handler@0.2.0" (instance $handler
    (alias outer 1 $request (type $outer-request))
    (alias outer 1 $options (type $outer-options))
    (alias outer 1 $future (type $outer-future))
    (alias outer 1 $code (type $outer-code))
    (export "outgoing-request" (type $request (eq $outer-request)))
    (export "request-options" (type $options (eq $outer-options)))
    (export "future-incoming-response" (type $future (eq $outer-future)))
    (export "error-code" (type $code (eq $outer-code)))
    (export "handle" (func
      (param "request" (own $request)) (param "options" (option (own $options)))
      (result (result (own $future) (error $code)))))))

  ;; What is given goes into its first 128 KiB; what is sent lies in its last 64.
  (core module $memory
    (memory (export "memory") 3)
    (global $free (export "free") (mut i32) (i32.const 4096))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (local $at i32)
      (local.set $at (i32.and (i32.add (global.get $free) (i32.const 7)) (i32.const -8)))
      (global.set $free (i32.add (local.get $at) (local.get 3)))
      (local.get $at)))
  (core instance $mem (instantiate $memory))
  (alias core export $mem "memory" (core memory $memory))
  (alias core export $mem "realloc" (core func $realloc))

  (core func $ready
    (canon lower (func $poll "[method]pollable.ready")))
  (core func $poll
    (canon lower (func $poll "poll") (memory $memory) (realloc $realloc)))
  (core func $read
    (canon lower (func $streams "[method]input-stream.read") (memory $memory) (realloc $realloc)))
  (core func $subscribe-input
    (canon lower (func $streams "[method]input-stream.subscribe")))
  (core func $check-write
    (canon lower (func $streams "[method]output-stream.check-write") (memory $memory)))
  (core func $write
    (canon lower (func $streams "[method]output-stream.write") (memory $memory)))
  (core func $subscribe-output
    (canon lower (func $streams "[method]output-stream.subscribe")))
  (core func $error-code
    (canon lower (func $types "http-error-code") (memory $memory) (realloc $realloc)))
  (core func $new-fields
    (canon lower (func $types "[constructor]fields")))
  (core func $new-request
    (canon lower (func $types "[constructor]outgoing-request")))
  (core func $set-method
    (canon lower (func $types "[method]outgoing-request.set-method") (memory $memory)))
  (core func $set-scheme
    (canon lower (func $types "[method]outgoing-request.set-scheme") (memory $memory)))
  (core func $set-authority
    (canon lower (func $types "[method]outgoing-request.set-authority") (memory $memory)))
  (core func $set-path
    (canon lower (func $types "[method]outgoing-request.set-path-with-query") (memory $memory)))
  (core func $body
    (canon lower (func $types "[method]outgoing-request.body") (memory $memory)))
  (core func $output
    (canon lower (func $types "[method]outgoing-body.write") (memory $memory)))
  (core func $finish
    (canon lower (func $types "[static]outgoing-body.finish") (memory $memory) (realloc $realloc)))
  (core func $handle
    (canon lower (func $handler "handle") (memory $memory) (realloc $realloc)))
  (core func $subscribe
    (canon lower (func $types "[method]future-incoming-response.subscribe")))
  (core func $get
    (canon lower (func $types "[method]future-incoming-response.get") (memory $memory) (realloc $realloc)))
  (core func $consume
    (canon lower (func $types "[method]incoming-response.consume") (memory $memory)))
  (core func $input
    (canon lower (func $types "[method]incoming-body.stream") (memory $memory)))
  (core func $drop-pollable (canon resource.drop $pollable))
  (core func $drop-output (canon resource.drop $output-stream))

  (core module $program
    (import "host" "memory" (memory 3))
    (import "host" "free" (global $free (mut i32)))
    (import "host" "ready" (func $ready (param i32) (result i32)))
    (import "host" "poll" (func $poll (param i32 i32 i32)))
    (import "host" "read" (func $read (param i32 i64 i32)))
    (import "host" "subscribe-input" (func $subscribe-input (param i32) (result i32)))
    (import "host" "check-write" (func $check-write (param i32 i32)))
    (import "host" "write" (func $write (param i32 i32 i32 i32)))
    (import "host" "subscribe-output" (func $subscribe-output (param i32) (result i32)))
    (import "host" "error-code" (func $error-code (param i32 i32)))
    (import "host" "new-fields" (func $new-fields (result i32)))
    (import "host" "new-request" (func $new-request (param i32) (result i32)))
    (import "host" "set-method" (func $set-method (param i32 i32 i32 i32) (result i32)))
    (import "host" "set-scheme" (func $set-scheme (param i32 i32 i32 i32 i32) (result i32)))
    (import "host" "set-authority" (func $set-authority (param i32 i32 i32 i32) (result i32)))
    (import "host" "set-path" (func $set-path (param i32 i32 i32 i32) (result i32)))
    (import "host" "body" (func $body (param i32 i32)))
    (import "host" "output" (func $output (param i32 i32)))
    (import "host" "finish" (func $finish (param i32 i32 i32 i32)))
    (import "host" "handle" (func $handle (param i32 i32 i32 i32)))
    (import "host" "subscribe" (func $subscribe (param i32) (result i32)))
    (import "host" "get" (func $get (param i32 i32)))
    (import "host" "consume" (func $consume (param i32 i32)))
    (import "host" "input" (func $input (param i32 i32)))
    (import "host" "drop-pollable" (func $drop-pollable (param i32)))
    (import "host" "drop-output" (func $drop-output (param i32)))

    (global $request (mut i32) (i32.const 0))
    (global $sent-body (mut i32) (i32.const 0))
    (global $output (mut i32) (i32.const 0))
    (global $output-ready (mut i32) (i32.const 0))
    (global $future (mut i32) (i32.const 0))
    (global $input (mut i32) (i32.const 0))
    ;; Of the future, then of the input.
    (global $input-ready (mut i32) (i32.const 0))
    (global $sent (mut i64) (i64.const 0))
    (global $received (mut i64) (i64.const 0))
    (global $waits (mut i32) (i32.const 0))

    ;; What host functions return lies at 1024, what the function does at 2048.
    (func $fail (param $case i32) (result i32)
      (i32.store8 (i32.const 2048) (i32.const 1))
      (i32.store8 (i32.const 2056) (local.get $case))
      (i32.const 2048))

    ;; The stream-error is at the address.
    (func $fail-stream (param $at i32) (result i32)
      (if (i32.load8_u (local.get $at)) (then (return (call $fail (i32.const 254)))))
      (call $error-code (i32.load offset=4 (local.get $at)) (i32.const 1024))
      (if (i32.load8_u (i32.const 1024))
        (then (return (call $fail (i32.load8_u (i32.const 1032))))))
      (call $fail (i32.const 255)))

    (func $least (param $one i64) (param $other i64) (result i64)
      (select (local.get $one) (local.get $other)
        (i64.lt_u (local.get $one) (local.get $other))))

    ;; How much may be sent now, were there room for it.
    (func $due (param $total i64) (param $window i64) (result i64)
      (call $least (i64.sub (local.get $total) (global.get $sent))
        (i64.sub (local.get $window) (i64.sub (global.get $sent) (global.get $received)))))

    ;; Sends as much as there is room for. 0: done, else what the function returns.
    (func $send (param $due i64) (result i32)
      (local $count i64) (local $at i32)
      (call $check-write (global.get $output) (i32.const 1024))
      (if (i32.load8_u (i32.const 1024)) (then (return (call $fail-stream (i32.const 1032)))))
      (local.set $count (call $least (local.get $due) (i64.load (i32.const 1032))))
      (local.set $at (i32.and (i32.wrap_i64 (global.get $sent)) (i32.const 65535)))
      (local.set $count (call $least (local.get $count)
        (i64.extend_i32_u (i32.sub (i32.const 65536) (local.get $at)))))
      (if (i64.eqz (local.get $count)) (then (return (i32.const 0))))
      (call $write (global.get $output) (i32.add (i32.const 131072) (local.get $at))
        (i32.wrap_i64 (local.get $count)) (i32.const 1024))
      (if (i32.load8_u (i32.const 1024)) (then (return (call $fail-stream (i32.const 1028)))))
      (global.set $sent (i64.add (global.get $sent) (local.get $count)))
      (i32.const 0))

    (func $end-request (result i32)
      (call $drop-pollable (global.get $output-ready))
      (call $drop-output (global.get $output))
      (global.set $output (i32.const 0))
      (call $finish (global.get $sent-body) (i32.const 0) (i32.const 0) (i32.const 1024))
      (if (i32.load8_u (i32.const 1024))
        (then (return (call $fail (i32.load8_u (i32.const 1032))))))
      (i32.const 0))

    (func $begin-response (result i32)
      (call $get (global.get $future) (i32.const 1024))
      (if (i32.load8_u (i32.const 1040))
        (then (return (call $fail (i32.load8_u (i32.const 1048))))))
      (call $consume (i32.load (i32.const 1048)) (i32.const 1024))
      (call $input (i32.load (i32.const 1028)) (i32.const 1024))
      (global.set $input (i32.load (i32.const 1028)))
      (call $drop-pollable (global.get $input-ready))
      (global.set $input-ready (call $subscribe-input (global.get $input)))
      (i32.const 0))

    (func $receive (result i32)
      (local $length i32)
      (call $read (global.get $input) (i64.const 65536) (i32.const 1024))
      (if (i32.load8_u (i32.const 1024))
        (then
          (if (i32.eqz (i32.load8_u (i32.const 1028)))
            (then (return (call $fail-stream (i32.const 1028)))))
          (i64.store (i32.const 2056) (global.get $received))
          (i32.store (i32.const 2064) (global.get $waits))
          (return (i32.const 2048))))
      (local.set $length (i32.load (i32.const 1032)))
      (if (i32.eqz (local.get $length)) (then (return (i32.const 0))))
      (if (i32.ne (i32.load8_u (i32.load (i32.const 1028)))
            (i32.and (i32.wrap_i64 (global.get $received)) (i32.const 255)))
        (then (unreachable)))
      (global.set $received
        (i64.add (global.get $received) (i64.extend_i32_u (local.get $length))))
      (i32.const 0))

    (func $begin (param $authority i32) (param $authority-length i32)
      (param $path i32) (param $path-length i32) (result i32)
      (local $at i32)
      (loop $fill
        (i32.store8 offset=131072 (local.get $at) (local.get $at))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br_if $fill (i32.lt_u (local.get $at) (i32.const 65536))))
      (global.set $request (call $new-request (call $new-fields)))
      (drop (call $set-method (global.get $request) (i32.const 2) (i32.const 0) (i32.const 0)))
      (drop (call $set-scheme (global.get $request)
        (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 0)))
      (drop (call $set-authority (global.get $request)
        (i32.const 1) (local.get $authority) (local.get $authority-length)))
      (drop (call $set-path (global.get $request)
        (i32.const 1) (local.get $path) (local.get $path-length)))
      (call $body (global.get $request) (i32.const 1024))
      (global.set $sent-body (i32.load (i32.const 1028)))
      (call $output (global.get $sent-body) (i32.const 1024))
      (global.set $output (i32.load (i32.const 1028)))
      (global.set $output-ready (call $subscribe-output (global.get $output)))
      (call $handle (global.get $request) (i32.const 0) (i32.const 0) (i32.const 1024))
      (if (i32.load8_u (i32.const 1024))
        (then (return (call $fail (i32.load8_u (i32.const 1032))))))
      (global.set $future (i32.load (i32.const 1032)))
      (global.set $input-ready (call $subscribe (global.get $future)))
      (i32.const 0))

    (func (export "exchange")
      (param $authority i32) (param $authority-length i32)
      (param $path i32) (param $path-length i32)
      (param $total i64) (param $window i64) (result i32)
      (local $due i64) (local $ended i32) (local $listens i32)
      (local.set $ended (call $begin (local.get $authority) (local.get $authority-length)
        (local.get $path) (local.get $path-length)))
      (if (local.get $ended) (then (return (local.get $ended))))
      (loop $more
        (global.set $free (i32.const 4096))
        (local.set $due (call $due (local.get $total) (local.get $window)))
        (if (i64.ne (local.get $due) (i64.const 0))
          (then (local.set $ended (call $send (local.get $due)))))
        (if (local.get $ended) (then (return (local.get $ended))))
        (if (i32.and (i64.eq (global.get $sent) (local.get $total))
              (i32.ne (global.get $output) (i32.const 0)))
          (then (local.set $ended (call $end-request))))
        (if (local.get $ended) (then (return (local.get $ended))))
        (i32.store (i32.const 3072) (global.get $input-ready))
        (i32.store (i32.const 3076) (global.get $output-ready))
        (local.set $listens
          (i64.ne (call $due (local.get $total) (local.get $window)) (i64.const 0)))
        (if (local.get $listens)
          (then (global.set $waits (i32.add (global.get $waits)
            (i32.eqz (call $ready (global.get $output-ready)))))))
        (call $poll (i32.const 3072) (i32.add (i32.const 1) (local.get $listens)) (i32.const 1024))
        (if (call $ready (global.get $input-ready))
          (then
            (local.set $ended (if (result i32) (global.get $input)
              (then (call $receive))
              (else (call $begin-response))))))
        (br_if $more (i32.eqz (local.get $ended))))
      (local.get $ended)))
  (alias core export $mem "free" (core global $free))
  (core instance $run (instantiate $program (with "host" (instance
    (export "memory" (memory $memory))
    (export "free" (global $free))
    (export "ready" (func $ready))
    (export "poll" (func $poll))
    (export "read" (func $read))
    (export "subscribe-input" (func $subscribe-input))
    (export "check-write" (func $check-write))
    (export "write" (func $write))
    (export "subscribe-output" (func $subscribe-output))
    (export "error-code" (func $error-code))
    (export "new-fields" (func $new-fields))
    (export "new-request" (func $new-request))
    (export "set-method" (func $set-method))
    (export "set-scheme" (func $set-scheme))
    (export "set-authority" (func $set-authority))
    (export "set-path" (func $set-path))
    (export "body" (func $body))
    (export "output" (func $output))
    (export "finish" (func $finish))
    (export "handle" (func $handle))
    (export "subscribe" (func $subscribe))
    (export "get" (func $get))
    (export "consume" (func $consume))
    (export "input" (func $input))
    (export "drop-pollable" (func $drop-pollable))
    (export "drop-output" (func $drop-output))))))
  (func (export "exchange")
    (param "authority" string) (param "path" string) (param "total" u64) (param "window" u64)
    (result (result (tuple u64 u32) (error u8)))
    (canon lift (core func $run "exchange") (memory $memory) (realloc $realloc))))
