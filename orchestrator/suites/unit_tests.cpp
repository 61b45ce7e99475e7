#include "suites/unit_tests.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <sstream>

#include <fmt/format.h>

#include "util/error.hpp"
#include "util/text.hpp"

namespace kproof::suites {

static std::string trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r");
  if (begin == text.npos) return "";
  return std::string(text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1));
}

// Words as a shell has them: quotation marks hold one together.
static std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  bool in_word = false;
  char quote = 0;
  for (const char c : text) {
    if (quote != 0 ? c == quote : c == '\'' || c == '"') {
      quote = quote != 0 ? 0 : c;
      in_word = true;
    } else if (quote == 0 && (c == ' ' || c == '\t')) {
      if (in_word) words.push_back(std::exchange(word, ""));
      in_word = false;
    } else {
      word += c;
      in_word = true;
    }
  }
  if (in_word) words.push_back(word);
  return words;
}

namespace {

class Reader {
 public:
  explicit Reader(const std::string& file) : file_(file) {}

  void line(const std::string& text);
  std::vector<UnitTest> take();

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw ConfigError(fmt::format("{}:{}: {}", file_, number_, what),
                      "name a directory in which kvm-unit-tests were built for x86_64");
  }
  void end_section();
  void set(const std::string& key, const std::string& value);
  unsigned number(const std::string& value) const;

  const std::string& file_;
  unsigned number_ = 0;
  bool open_ = false, elsewhere_ = false;
  UnitTest test_;
  std::vector<UnitTest> tests_;
};

}  // namespace

unsigned Reader::number(const std::string& value) const {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size())
    fail(fmt::format("`{}` is no number", value));
  return number;
}

void Reader::end_section() {
  if (open_ && test_.file.empty()) fail(fmt::format("[{}] names no `file`", test_.name));
  if (open_ && !elsewhere_) tests_.push_back(test_);
  open_ = elsewhere_ = false;
  test_ = {};
}

// scripts/runtime.bash; `$MAX_SMP` and the like are of the machine that ran it.
void Reader::set(const std::string& key, const std::string& value) {
  if (key == "file") {
    test_.file = value;
  } else if (key == "smp") {
    test_.smp = value.find('$') != value.npos ? 2 : std::max(number(value), 1u);
  } else if (key == "extra_params" || key == "qemu_params") {
    test_.extra = words_of(value);
  } else if (key == "test_args") {
    test_.extra.insert(test_.extra.end(),
                       {"-append", words_of(value).empty() ? "" : words_of(value)[0]});
  } else if (key == "timeout") {
    test_.timeout = util::Millis(1000) *
                    number(value.back() == 's' ? value.substr(0, value.size() - 1) : value);
  } else if (key == "arch") {
    elsewhere_ |= value != "x86_64";
  } else if (key == "accel") {
    elsewhere_ |= value != "kvm";
  } else if (key == "groups") {
    test_.groups = words_of(value);
  } else if (key == "check") {
    for (const std::string& word : words_of(value))
      if (const auto equals = word.find('='); equals != word.npos)
        test_.check.emplace_back(word.substr(0, equals), word.substr(equals + 1));
  }
  // Others, as `machine` and `efi`, say where a test runs elsewhere.
}

void Reader::line(const std::string& raw) {
  ++number_;
  const std::string text = trimmed(raw);
  if (text.empty() || text.front() == '#') return;
  if (text.front() == '[' && text.back() == ']') {
    end_section();
    open_ = true;
    test_.name = text.substr(1, text.size() - 2);
    test_.place = fmt::format("{}:{}", file_, number_);
    return;
  }
  const auto equals = text.find('=');
  if (!open_ || equals == text.npos)
    fail(fmt::format("`{}` is neither [name] nor key = value", text));
  const std::string value = trimmed(text.substr(equals + 1));
  if (value.empty()) return;
  set(trimmed(text.substr(0, equals)), value);
}

std::vector<UnitTest> Reader::take() {
  end_section();
  return std::move(tests_);
}

std::vector<UnitTest> parse_unit_tests(std::string_view text, const std::string& file) {
  Reader reader(file);
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);)
    reader.line(line);
  return reader.take();
}

std::vector<std::string> qemu_argv(const std::string& emulator, const UnitTest& test,
                                   const std::string& kernel) {
  std::vector<std::string> argv{emulator,
                                "--no-reboot",
                                "-nodefaults",
                                "-device",
                                "pc-testdev",
                                "-device",
                                "isa-debug-exit,iobase=0xf4,iosize=0x4",
                                "-display",
                                "none",
                                "-serial",
                                "stdio",
                                "-device",
                                "pci-testdev",
                                "-machine",
                                "accel=kvm",
                                "-kernel",
                                kernel,
                                "-smp",
                                std::to_string(test.smp)};
  argv.insert(argv.end(), test.extra.begin(), test.extra.end());
  return argv;
}

}  // namespace kproof::suites
