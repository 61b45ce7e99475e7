#include "agent/messages.hpp"

#include <nlohmann/json.hpp>

namespace kproof::agent {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Hello, protocol, release, version, boot_id, hypervisor)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Inner, argv, backing, shared, memory, facts)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(InnerEnded, exit_code, signal)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(WindowSize, rows, columns)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Visit, terminal, size, input, root_tag, directory_tag, directory,
                                   writable)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Trace, events, probes, buffer)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Shell, argv, environment, size)

void to_json(nlohmann::json& out, const Job& job) {
  out = {{"nonce", job.nonce},     {"argv", job.argv},
         {"sysctls", job.sysctls}, {"environment", job.environment},
         {"kvm", job.kvm},         {"spare_cpu0", job.spare_cpu0},
         {"facts", job.facts}};
  if (job.inner) out["inner"] = *job.inner;
  if (job.visit) out["visit"] = *job.visit;
  if (job.trace) out["trace"] = *job.trace;
  if (job.hold) out["hold"] = true;
}

void from_json(const nlohmann::json& in, Job& job) {
  in.at("nonce").get_to(job.nonce);
  in.at("argv").get_to(job.argv);
  in.at("sysctls").get_to(job.sysctls);
  in.at("environment").get_to(job.environment);
  in.at("kvm").get_to(job.kvm);
  in.at("spare_cpu0").get_to(job.spare_cpu0);
  in.at("facts").get_to(job.facts);
  if (in.contains("inner")) job.inner = in.at("inner").get<Inner>();
  if (in.contains("visit")) job.visit = in.at("visit").get<Visit>();
  if (in.contains("trace")) job.trace = in.at("trace").get<Trace>();
  job.hold = in.value("hold", false);
}

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(CaseEnded, exit_code, signal, aborted, duration_ms)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Bye, taint_before, taint_after)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Task, pid, tid, name, state, wchan, stack, switches)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Examine, mark, keys)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Examined, tasks, problems)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Traced, stopped, problems, unknown, known)

// Bytes that are not UTF-8 are replaced, never thrown over: kernels print what they like.
template <class T>
static std::string dump(const T& message) {
  return nlohmann::json(message).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

template <class T>
static std::optional<T> parse(std::string_view json, std::string& error) {
  try {
    return nlohmann::json::parse(json).get<T>();
  } catch (const nlohmann::json::exception& e) {
    error = e.what();
    return std::nullopt;
  }
}

std::string to_json(const Hello& hello) {
  return dump(hello);
}
std::string to_json(const Job& job) {
  return dump(job);
}
std::string to_json(const Facts& facts) {
  return dump(facts);
}
std::string to_json(const CaseEnded& ended) {
  return dump(ended);
}
std::string to_json(const InnerEnded& ended) {
  return dump(ended);
}
std::string to_json(const Bye& bye) {
  return dump(bye);
}
std::string to_json(const Examine& examine) {
  return dump(examine);
}
std::string to_json(const Examined& examined) {
  return dump(examined);
}
std::string to_json(const WindowSize& size) {
  return dump(size);
}
std::string to_json(const Traced& traced) {
  return dump(traced);
}
std::string to_json(const Shell& shell) {
  return dump(shell);
}

std::optional<Hello> parse_hello(std::string_view json, std::string& error) {
  return parse<Hello>(json, error);
}
std::optional<Job> parse_job(std::string_view json, std::string& error) {
  return parse<Job>(json, error);
}
std::optional<Facts> parse_facts(std::string_view json, std::string& error) {
  return parse<Facts>(json, error);
}
std::optional<CaseEnded> parse_case_ended(std::string_view json, std::string& error) {
  return parse<CaseEnded>(json, error);
}
std::optional<InnerEnded> parse_inner_ended(std::string_view json, std::string& error) {
  return parse<InnerEnded>(json, error);
}
std::optional<Bye> parse_bye(std::string_view json, std::string& error) {
  return parse<Bye>(json, error);
}
std::optional<Examine> parse_examine(std::string_view json, std::string& error) {
  return parse<Examine>(json, error);
}
std::optional<Examined> parse_examined(std::string_view json, std::string& error) {
  return parse<Examined>(json, error);
}
std::optional<WindowSize> parse_size(std::string_view json, std::string& error) {
  return parse<WindowSize>(json, error);
}
std::optional<Traced> parse_traced(std::string_view json, std::string& error) {
  return parse<Traced>(json, error);
}
std::optional<Shell> parse_shell(std::string_view json, std::string& error) {
  return parse<Shell>(json, error);
}

std::string canary(std::string_view nonce, std::string_view which) {
  return "kproof-canary " + std::string(nonce) + " " + std::string(which);
}

std::string diagnosis_mark(std::string_view mark, std::string_view which) {
  return "kproof-diagnosis " + std::string(mark) + " " + std::string(which);
}

}  // namespace kproof::agent
