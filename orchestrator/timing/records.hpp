// How long builds and cells took on this host, and what they left, to say it of the next ones:
// <cache>/durations.json. Lost or damaged it is begun anew.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "util/units.hpp"

namespace kproof::timing {

struct Sample {
  util::Millis took{0};
  std::uint64_t bytes = 0;  // of a cell: of its logs, on the disk
};

// By keys (kinds.hpp); the newest last, and no more than kKept of one key.
inline constexpr std::size_t kKept = 5, kKeys = 4000;
using Samples = std::map<std::string, std::vector<Sample>>;

// Median of the samples, each figure for itself; empty without any.
std::optional<Sample> median(const std::vector<Sample>& samples);

Samples read(const std::filesystem::path& cache);
// Adds them under all of their keys. Of several processes at once none loses another's; a cache
// that cannot be written to keeps none, and that is no error.
void add(const std::filesystem::path& cache,
         const std::vector<std::pair<std::vector<std::string>, Sample>>& news);

// Pure: `text` is the file's; what is not understood is left out.
Samples parse(const std::string& text);
std::string to_text(const Samples& samples);

}  // namespace kproof::timing
