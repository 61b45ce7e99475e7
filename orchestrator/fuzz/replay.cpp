// main() of a fuzzing program where libFuzzer is not: ci/test. Each seed as it is, then mutations
// of them, the same in every run, until the time is over. An input on which a property does not
// hold is left in the file that --failed names.
//
// Usage: fuzz_NAME --failed FILE SECONDS SEED-FILE-OR-DIRECTORY...
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "util/files.hpp"

namespace fs = std::filesystem;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

static const char* failed = nullptr;
static std::string input;  // the one at hand

// Of SIGABRT and SIGSEGV: calls that a signal handler may make, and no other.
static void keep_input(int) {
  const int fd = ::open(failed, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd >= 0 && ::write(fd, input.data(), input.size()) >= 0)
    for (const char* word : {"fuzz: the input is ", failed, "\n"})
      if (::write(STDERR_FILENO, word, std::char_traits<char>::length(word)) < 0) break;
  ::_exit(1);
}

static void run(std::string text) {
  input = std::move(text);
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

static std::vector<std::string> read_seeds(const std::vector<std::string>& paths) {
  std::vector<fs::path> files;
  for (const std::string& path : paths) {
    if (!fs::is_directory(path)) files.emplace_back(path);
    if (!fs::is_directory(path)) continue;
    for (const auto& entry : fs::directory_iterator(path))
      if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  std::vector<std::string> seeds{""};
  for (const fs::path& file : files)
    seeds.push_back(kproof::util::read_file(file));
  return seeds;
}

// One change: a byte, a cut, a line twice, a line gone, or the head of one seed before another's
// end.
static void mutate(std::string& text, const std::vector<std::string>& seeds, std::mt19937& random) {
  const auto below = [&](std::size_t n) { return n == 0 ? 0 : random() % n; };
  const std::size_t at = below(text.size() + 1);
  const std::size_t end = std::min(text.find('\n', at), text.size());
  switch (below(6)) {
    case 0:
      if (at < text.size()) text[at] = static_cast<char>(random());
      break;
    case 1:
      text.insert(at, 1, "\n\0 \t#:1\x1b\xff"[below(9)]);
      break;
    case 2:
      text.resize(at);
      break;
    case 3:
      text.insert(at, text.substr(at, end - at + 1));
      break;
    case 4:
      text.erase(at, end - at + 1);
      break;
    default: {
      const std::string& other = seeds[below(seeds.size())];
      text = text.substr(0, at) + other.substr(below(other.size() + 1));
    }
  }
}

int main(int argc, char** argv) {
  if (argc < 4 || std::string(argv[1]) != "--failed") {
    std::fprintf(stderr, "usage: %s --failed FILE SECONDS SEED...\n", argv[0]);
    return 2;
  }
  failed = argv[2];
  for (const int signal : {SIGABRT, SIGSEGV, SIGFPE})
    std::signal(signal, keep_input);
  const auto seeds = read_seeds({argv + 4, argv + argc});
  for (const std::string& seed : seeds)
    run(seed);
  constexpr std::size_t kLongest = 32768, kMostChanges = 8;
  std::mt19937 random(1);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(std::atoi(argv[3]));
  std::size_t runs = seeds.size();
  for (; std::chrono::steady_clock::now() < end; ++runs) {
    std::string text = seeds[random() % seeds.size()];
    for (std::size_t changes = 1 + random() % kMostChanges; changes > 0; --changes)
      mutate(text, seeds, random);
    run(text.substr(0, kLongest));
  }
  std::printf("%zu inputs\n", runs);
}
