// The JSON payloads of frames. Unknown keys are ignored, so that either side may add some; a
// missing or mistyped key is an error of the sender.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kproof::agent {

// The agent is up and waits for a job.
struct Hello {
  std::uint32_t protocol = 0;
  std::string release;  // uname -r
  std::string version;  // /proc/version
  std::string boot_id;  // a second hello with another one is a reboot
};

// What one guest is booted for.
struct Job {
  std::string nonce;              // of the canary
  std::vector<std::string> argv;  // the case: argv[0] is a path in the image
  std::vector<std::pair<std::string, std::string>> sysctls;  // "kernel.panic" -> "0"
};

struct CaseEnded {
  int exit_code = 0;  // meaningful when signal == 0
  int signal = 0;
  bool aborted = false;  // we were told to abort, and killed it
  std::uint64_t duration_ms = 0;
};

struct Bye {
  unsigned long taint_before = 0, taint_after = 0;  // /proc/sys/kernel/tainted around the case
};

std::string to_json(const Hello& hello);
std::string to_json(const Job& job);
std::string to_json(const CaseEnded& ended);
std::string to_json(const Bye& bye);

// Empty when the text is not what it should be; `error` then says what.
std::optional<Hello> parse_hello(std::string_view json, std::string& error);
std::optional<Job> parse_job(std::string_view json, std::string& error);
std::optional<CaseEnded> parse_case_ended(std::string_view json, std::string& error);
std::optional<Bye> parse_bye(std::string_view json, std::string& error);

// The canary's text, as the agent writes it to /dev/kmsg and the analyser looks for it.
std::string canary(std::string_view nonce, std::string_view which);  // which: "begin" or "end"

}  // namespace kproof::agent
