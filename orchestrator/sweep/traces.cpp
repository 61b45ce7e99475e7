#include "sweep/traces.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <sstream>

#include <fmt/format.h>

#include "symbols/decoder.hpp"

namespace kproof::sweep {

namespace {

// The decoder of one level, or why there is none.
struct LevelDecoder {
  std::unique_ptr<symbols::Decoder> decoder;
  std::string problem;
};

}  // namespace

static LevelDecoder open_decoder(const model::KernelArtifact& kernel) {
  if (kernel.vmlinux.empty())
    return {nullptr,
            fmt::format("no vmlinux with the symbols of {} is at hand: traces have no files "
                        "and lines. Build trees and kernels from source have one; of a "
                        "Debian kernel, linux-image-{}-dbg",
                        kernel.release, kernel.release)};
  try {
    return {std::make_unique<symbols::Decoder>(kernel.vmlinux, kernel.modules_dir), ""};
  } catch (const std::exception& error) {
    return {nullptr, error.what()};
  }
}

static bool has_trace(const model::Finding& finding) {
  std::istringstream lines(finding.excerpt);
  for (std::string line; std::getline(lines, line);)
    if (symbols::find_frame_ref(line)) return true;
  return false;
}

// Where a line's function is; "" when that cannot be said, as of a module that cannot be read.
static std::string places_of(const std::string& line, LevelDecoder& with) {
  if (!with.decoder) return "";
  try {
    return symbols::to_string(with.decoder->decode(line));
  } catch (const std::exception& error) {
    with.problem = error.what();
    return "";
  }
}

// Places stand where the function does, so that the eye finds them.
static std::string decoded(const std::string& excerpt, LevelDecoder& with) {
  std::string text;
  std::istringstream lines(excerpt);
  for (std::string line; std::getline(lines, line);) {
    text += line + "\n";
    if (const std::string places = places_of(line, with); !places.empty())
      text += fmt::format("          => {}\n", places);
  }
  return text;
}

std::string decode_traces(const std::vector<PreparedLevel>& levels,
                          const std::vector<model::Finding>& findings) {
  std::string text;
  std::map<int, LevelDecoder> decoders;
  for (const model::Finding& finding : findings) {
    if (!has_trace(finding)) continue;
    const auto index = static_cast<std::size_t>(finding.level - 1);
    if (!decoders.contains(finding.level))
      decoders[finding.level] = open_decoder(levels.at(index).kernel);
    LevelDecoder& with = decoders[finding.level];
    text += fmt::format("{}{}, lines {}-{} of {}\n\n", finding.title,
                        levels.size() > 1 ? fmt::format(", L{}", finding.level) : "",
                        finding.start_line, finding.end_line,
                        finding.source == model::Source::console ? "the console" : "kmsg");
    text += decoded(finding.excerpt, with) + "\n";
  }
  for (const auto& [level, with] : decoders) {
    if (!with.problem.empty()) text += fmt::format("note: {}\n", with.problem);
    if (with.decoder)
      for (const std::string& note : with.decoder->notes())
        text += fmt::format("note: {}\n", note);
  }
  return text;
}

// The PVH entry is behind the code that moves the kernel.
bool stays_where_linked(const PreparedLevel& level) {
  const auto says = [](const std::vector<std::string>& words) {
    return std::ranges::find(words, "nokaslr") != words.end();
  };
  return level.kernel.pvh || says(level.cmdline) || says(level.level.cmdline);
}

run::AddressNames address_names(const PreparedLevel& level) {
  if (level.kernel.vmlinux.empty() || !stays_where_linked(level)) return {};
  const auto decoder = std::make_shared<LevelDecoder>();
  return [decoder, kernel = level.kernel](std::uint64_t address) {
    if (!decoder->decoder && decoder->problem.empty()) *decoder = open_decoder(kernel);
    return decoder->decoder ? decoder->decoder->describe(address) : "";
  };
}

}  // namespace kproof::sweep
