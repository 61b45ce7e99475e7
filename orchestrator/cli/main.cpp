#include <exception>
#include <string_view>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/cli.hpp"
#include "util/error.hpp"

namespace kproof::cli {

static int complain(const Error& error, int exit_code) {
  fmt::print(stderr, "kproof: error: {}\n", error.what());
  if (!error.hint().empty()) fmt::print(stderr, "  hint: {}\n", error.hint());
  return exit_code;
}

static int parse_error(const CLI::App& app, const CLI::ParseError& error) {
  const int status = app.exit(error);  // prints help, the version or what is wrong
  return status == 0 ? kOk : kUsage;
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
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return parse_error(app, error);
  }
  return exit_code;
}

}  // namespace kproof::cli

int main(int argc, char** argv) {
  using namespace kproof;
  try {
    return cli::run(argc, argv);
  } catch (const ConfigError& error) {
    return cli::complain(error, cli::kUsage);
  } catch (const Interrupted& error) {
    return cli::complain(error, cli::kInterrupted);
  } catch (const HostError& error) {
    return cli::complain(error, cli::kHostFault);
  } catch (const std::exception& error) {
    return cli::complain(HostError(error.what(), "this is a mistake in kproof; please report it"),
                         cli::kHostFault);
  }
}
