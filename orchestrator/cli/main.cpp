#include <cstdlib>
#include <exception>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "cli/cli.hpp"
#include "cli/internal.hpp"
#include "cli/streams.hpp"
#include "cli/visit_end.hpp"
#include "config/quote.hpp"
#include "desk/tree.hpp"
#include "report/annotations.hpp"
#include "report/text.hpp"
#include "util/error.hpp"

namespace kproof::cli {

// In a job of GitHub Actions, each mistake that has a place, beside its line.
static void annotate(const Error& error) {
  const char* actions = std::getenv("GITHUB_ACTIONS");
  if (!actions || std::string_view(actions) != "true") return;
  std::istringstream lines(error.what());
  for (std::string line; std::getline(lines, line);)
    if (const auto place = report::leading_place(line))
      tell(report::github_command({.place = place, .title = "kproof", .message = line}));
}

// What is quoted of a user's file may be anything, and a terminal must not obey it.
int complain(const Error& error, int exit_code) {
  std::string text = fmt::format("kproof: error: {}\n", error.what());
  const std::string quote = config::quote_place_of(error.what());
  if (!quote.empty()) text += quote + "\n";
  if (!error.hint().empty()) text += fmt::format("  hint: {}\n", error.hint());
  tell(report::printable(text));
  annotate(error);
  return exit_code;
}

// Alone in a kernel's tree it is `kproof test`.
static std::vector<char*> words_of(int argc, char** argv) {
  static char test[] = "test";
  std::vector<char*> words(argv, argv + argc);
  if (argc == 1 && desk::find_tree(".")) words.push_back(test);
  return words;
}

static int run(std::vector<char*> words) {
  const auto argc = static_cast<int>(words.size());
  char** argv = words.data();
  CommandLine line("Integration tests for kernel mm and KVM patches.", "kproof " KPROOF_VERSION);
  add_run(line);
  add_plan(line);
  add_build(line);
  add_test(line);
  add_check(line);
  add_watch(line);
  add_exec(line);
  add_shell(line);
  add_dump(line);
  add_trace(line);
  add_attach(line);
  add_gdb(line);
  add_series(line);
  add_bisect(line);
  add_config_bisect(line);
  add_cache(line);
  add_history(line);
  add_compare(line);
  add_thin(line);
  add_catalogue(line);
  add_worker(line);
  add_merge(line);
  add_report(line);
  add_doctor(line);
  add_analyze(line);
  const auto internal = run_internal(line.info(), argc, argv);
  const int exit_code = internal ? *internal : line.run(argc, argv);
  flush_output();
  return exit_code;
}

// git bisect run calls a commit bad for nearly any exit code but 125.
static int code_of_usage(const std::vector<char*>& words) {
  return words.size() > 1 && std::string_view(words[1]) == "check" ? kCannotTell : kUsage;
}

}  // namespace kproof::cli

int main(int argc, char** argv) {
  using namespace kproof;
  cli::open_standard_streams();
  const auto words = cli::words_of(argc, argv);
  try {
    return cli::run(words);
  } catch (const ConfigError& error) {
    return cli::complain(error, cli::code_of_usage(words));
  } catch (const Interrupted& error) {
    return cli::complain(error, cli::kInterrupted);
  } catch (const HostError& error) {
    return cli::complain(error, cli::kHostFault);
  } catch (const std::system_error& error) {  // of output, of files, of threads
    return cli::complain(HostError(error.what(), ""), cli::kHostFault);
  } catch (const std::exception& error) {
    return cli::complain(HostError(error.what(), "this is a mistake in kproof; please report it"),
                         cli::kHostFault);
  }
}
