#include <algorithm>
#include <exception>
#include <string>
#include <system_error>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/cli.hpp"
#include "cli/streams.hpp"
#include "cli/usage.hpp"
#include "config/quote.hpp"
#include "report/text.hpp"
#include "util/error.hpp"

namespace kproof::cli {

// What is quoted of a user's file may be anything, and a terminal must not obey it.
static int complain(const Error& error, int exit_code) {
  std::string text = fmt::format("kproof: error: {}\n", error.what());
  const std::string quote = config::quote_place_of(error.what());
  if (!quote.empty()) text += quote + "\n";
  if (!error.hint().empty()) text += fmt::format("  hint: {}\n", error.hint());
  tell(report::printable(text));
  return exit_code;
}

// `kproof help run` is `kproof run --help`, and `kproof help nosuch` as wrong as `kproof nosuch`.
static std::vector<std::string> arguments(const CLI::App& app, int argc, char** argv) {
  std::vector<std::string> words(argv + 1, argv + argc);
  if (!words.empty() && words.front() == "help") {
    words.erase(words.begin());
    const auto commands = app.get_subcommands(nullptr);
    const bool known = words.empty() || std::ranges::any_of(commands, [&](const CLI::App* command) {
                         return command->get_name() == words.front();
                       });
    if (known) words.emplace_back("--help");
  }
  std::reverse(words.begin(), words.end());  // as CLI11 takes them
  return words;
}

static int run(int argc, char** argv) {
  CLI::App app("Integration tests for kernel mm and KVM patches.", "kproof");
  app.set_version_flag("--version", "kproof " KPROOF_VERSION);
  app.require_subcommand(1);
  int exit_code = kOk;
  add_run(app, exit_code);
  add_plan(app, exit_code);
  add_build(app, exit_code);
  add_series(app, exit_code);
  add_bisect(app, exit_code);
  add_doctor(app, exit_code);
  add_analyze(app, exit_code);
  try {
    app.parse(arguments(app, argc, argv));
  } catch (const CLI::Success& help) {
    app.exit(help);  // prints it, or the version
  } catch (const CLI::ParseError& error) {
    throw usage_error(app, error);
  }
  flush_output();
  return exit_code;
}

}  // namespace kproof::cli

int main(int argc, char** argv) {
  using namespace kproof;
  cli::open_standard_streams();
  try {
    return cli::run(argc, argv);
  } catch (const ConfigError& error) {
    return cli::complain(error, cli::kUsage);
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
