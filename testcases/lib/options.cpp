#include "lib/options.hpp"

#include <charconv>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace kproof::lib {

static constexpr int kExitUsage = 64;  // EX_USAGE of sysexits.h

bool parse_size(std::string_view text, std::uint64_t& bytes) {
  const char* end = text.data() + text.size();
  std::uint64_t number = 0;
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc()) return false;
  unsigned shift = 0;
  if (rest != end) {
    constexpr std::string_view kSuffixes = "KMGT";
    const auto suffix = kSuffixes.find(*rest);
    if (suffix == std::string_view::npos || rest + 1 != end) return false;
    shift = 10 * (static_cast<unsigned>(suffix) + 1);
  }
  if (number > (UINT64_MAX >> shift)) return false;
  bytes = number << shift;
  return true;
}

template <class Number>
static bool parse_number(std::string_view text, Number& number) {
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && rest == end && number >= 0;
}

static bool choose(const Option& option, std::string_view value) {
  for (const std::string_view choice : option.choices)
    if (choice == value) *option.choice = choice;
  return *option.choice == value;
}

static bool set(const Option& option, std::string_view value) {
  if (option.choice) return choose(option, value);
  if (option.size) return parse_size(value, *option.size);
  if (option.number) return parse_number(value, *option.number);
  return parse_number(value, *option.count);
}

void usage_error(const char* format, ...) {
  va_list args;
  va_start(args, format);
  std::vfprintf(stderr, format, args);
  va_end(args);
  std::fputs(" (see --help)\n", stderr);
  std::exit(kExitUsage);
}

// ": anon, thp", or nothing.
static std::string listed(const std::vector<std::string_view>& choices) {
  std::string text;
  for (const std::string_view choice : choices)
    text.append(text.empty() ? ": " : ", ").append(choice);
  return text;
}

[[noreturn]] static void print_help(const char* program, std::string_view summary,
                                    const std::vector<Option>& options) {
  std::printf("%.*s\n\nusage: %s [option...]\n", static_cast<int>(summary.size()), summary.data(),
              program);
  for (const Option& option : options)
    std::printf("  %-12.*s %.*s%s\n", static_cast<int>(option.name.size()), option.name.data(),
                static_cast<int>(option.help.size()), option.help.data(),
                listed(option.choices).c_str());
  std::printf("  %-12s %s\n  %-12s %s\n", "--describe", "what it is and needs, as JSON", "--help",
              "this text");
  std::exit(0);
}

static const Option* find(const std::vector<Option>& options, std::string_view name) {
  for (const Option& option : options)
    if (option.name == name) return &option;
  return nullptr;
}

void parse_options(int argc, char** argv, std::string_view summary,
                   const std::vector<Option>& options) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--help") print_help(argv[0], summary, options);
    const auto equals = argument.find('=');
    const Option* option = find(options, argument.substr(0, equals));
    if (!option) usage_error("unknown option: %s", argv[i]);
    if (equals == std::string_view::npos && i + 1 == argc)
      usage_error("value missing after %s", argv[i]);
    const std::string_view value =
        equals == std::string_view::npos ? argv[++i] : argument.substr(equals + 1);
    if (!set(*option, value))
      usage_error("bad value of %.*s: %s", static_cast<int>(option->name.size()),
                  option->name.data(), value.data());
  }
}

}  // namespace kproof::lib
