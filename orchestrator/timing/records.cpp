#include "timing/records.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "util/error.hpp"
#include "util/files.hpp"

namespace kproof::timing {
namespace fs = std::filesystem;
using Json = nlohmann::json;

template <class Value>
static Value middle(std::vector<Value> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

std::optional<Sample> median(const std::vector<Sample>& samples) {
  if (samples.empty()) return std::nullopt;
  std::vector<util::Millis> took;
  std::vector<std::uint64_t> bytes;
  for (const Sample& sample : samples) {
    took.push_back(sample.took);
    bytes.push_back(sample.bytes);
  }
  return Sample{middle(std::move(took)), middle(std::move(bytes))};
}

static std::optional<Sample> sample_of(const Json& json) {
  if (!json.is_array() || json.size() != 2 || !json[0].is_number_unsigned() ||
      !json[1].is_number_unsigned())
    return std::nullopt;
  return Sample{util::Millis(json[0].get<std::uint64_t>()), json[1].get<std::uint64_t>()};
}

Samples parse(const std::string& text) {
  Samples samples;
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("samples") || !json["samples"].is_object())
    return samples;
  for (const auto& [key, list] : json["samples"].items())
    for (const Json& one : list.is_array() ? list : Json::array())
      if (const auto sample = sample_of(one)) samples[key].push_back(*sample);
  return samples;
}

std::string to_text(const Samples& samples) {
  Json all = Json::object();
  for (const auto& [key, list] : samples)
    for (const Sample& sample : list)
      all[key].push_back({static_cast<std::uint64_t>(sample.took.count()), sample.bytes});
  return Json{{"schema", 1}, {"unit", "[ms, bytes]"}, {"samples", std::move(all)}}.dump(1) + "\n";
}

static fs::path file_in(const fs::path& cache) {
  return cache / "durations.json";
}

Samples read(const fs::path& cache) {
  std::error_code none;
  if (!fs::is_regular_file(file_in(cache), none)) return {};
  try {
    return parse(util::read_file(file_in(cache)));
  } catch (const HostError&) {  // of another user
    return {};
  }
}

// Particular keys, of kernels that come and go, are the long ones.
static void shrink(Samples& samples) {
  while (samples.size() > kKeys)
    samples.erase(
        std::ranges::max_element(samples, {}, [](const auto& one) { return one.first.size(); }));
}

void add(const fs::path& cache,
         const std::vector<std::pair<std::vector<std::string>, Sample>>& news) {
  if (news.empty()) return;
  try {
    fs::create_directories(cache);
    const auto lock = util::FileLock::acquire(cache / "durations.lock");
    Samples samples = read(cache);
    for (const auto& [keys, sample] : news)
      for (const std::string& key : keys) {
        auto& list = samples[key];
        list.push_back(sample);
        if (list.size() > kKept) list.erase(list.begin());
      }
    shrink(samples);
    util::write_file_atomically(file_in(cache), to_text(samples));
  } catch (const std::exception&) {  // an estimate is worth no verdict
  }
}

}  // namespace kproof::timing
