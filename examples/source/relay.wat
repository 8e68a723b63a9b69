;; Written by hand: the engine's own imports. The request's `input` arrives as JSON on stdin;
;; it is handed to `fetch` as its options, and what comes back is printed.
(module
  (import "wasi_snapshot_preview1" "fd_read"
    (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "env" "app_log" (func $app_log (param i32 i32 i32 i32)))
  (import "env" "get_unixtime" (func $get_unixtime (result i64)))
  (import "env" "capture_stdout" (func $capture_stdout (param i32 i32)))
  (import "env" "capture_stderr" (func $capture_stderr (param i32 i32)))
  (import "env" "fetch" (func $fetch (param i32 i32 i32 i32) (result i32)))

  (memory (export "memory") 2)

  (data (i32.const 16) "info")
  (data (i32.const 32) "asking for what the input names")
  (data (i32.const 80) "error")
  (data (i32.const 96) "the request failed")
  (data (i32.const 128) "received:\n")

  ;; 1024..2048 holds the input, the response starts at 65536.
  (global $input i32 (i32.const 1024))
  (global $input_size i32 (i32.const 1024))
  (global $response i32 (i32.const 65536))
  (global $response_size i32 (i32.const 65536))

  (func $read_input (result i32)
    ;; One iovec at 0; the number of bytes read goes to 8.
    (i32.store (i32.const 0) (global.get $input))
    (i32.store (i32.const 4) (global.get $input_size))
    (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
    (i32.load (i32.const 8)))

  ;; Returns the time in seconds since the epoch, or fetch's error code, which is below 0.
  (func (export "run") (result i64)
    (local $length i32)
    (call $app_log (i32.const 16) (i32.const 4) (i32.const 32) (i32.const 31))
    (local.set $length
      (call $fetch
        (global.get $input) (call $read_input)
        (global.get $response) (global.get $response_size)))
    (if (i32.lt_s (local.get $length) (i32.const 0))
      (then
        (call $app_log (i32.const 80) (i32.const 5) (i32.const 96) (i32.const 18))
        (return (i64.extend_i32_s (local.get $length)))))
    ;; Too long for the buffer: nothing was written. Without options, the same response again.
    (if (i32.gt_u (local.get $length) (global.get $response_size))
      (then
        (drop (memory.grow (i32.shr_u (local.get $length) (i32.const 16))))
        (drop (call $fetch
          (i32.const 0) (i32.const 0) (global.get $response) (local.get $length)))))
    (call $capture_stderr (i32.const 128) (i32.const 10))
    (call $capture_stdout (global.get $response) (local.get $length))
    (call $get_unixtime)))
