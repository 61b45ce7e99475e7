#include "kvm/invalidation_recorder.hpp"

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "lib/sysfs.hpp"

namespace kproof::kvm {

static const std::string kEvent = "/sys/kernel/tracing/events/kvm/kvm_unmap_hva_range/";

// "	field:unsigned long start;	offset:8;	size:8;	signed:0;"
static std::uint64_t offset_of(const std::string& format, const std::string& field) {
  const auto at = format.find(" " + field + ";");
  unsigned long long offset = 0;
  if (at == std::string::npos ||
      std::sscanf(format.c_str() + at + field.size() + 2, " offset:%llu;", &offset) != 1)
    return 0;
  return offset;
}

static perf_event_attr each_of(std::uint64_t tracepoint) {
  perf_event_attr attributes{};
  attributes.type = PERF_TYPE_TRACEPOINT;
  attributes.config = tracepoint;
  attributes.sample_type = PERF_SAMPLE_RAW;
  return attributes;
}

InvalidationRecorder::InvalidationRecorder() {
  const std::uint64_t id = lib::sysfs::read_number(kEvent + "id");
  const std::string format = lib::sysfs::read(kEvent + "format");
  start_at_ = offset_of(format, "start");
  end_at_ = offset_of(format, "end");
  if (id == 0 || start_at_ == 0 || end_at_ == 0) {
    problem_ = kEvent + "{id,format} cannot be read";
    return;
  }
  samples_.emplace(each_of(id));
  if (!samples_->problem().empty()) problem_ = "kvm_unmap_hva_range: " + samples_->problem();
}

static std::uint64_t word_at(const char* record, std::uint64_t offset) {
  std::uint64_t word = 0;
  std::memcpy(&word, record + offset, sizeof word);
  return word;
}

// PERF_SAMPLE_RAW: u32 size, the tracepoint's record.
std::vector<HvaRange> InvalidationRecorder::take(const HvaRange& range) {
  std::vector<HvaRange> ranges;
  if (!samples_) return ranges;
  samples_->take([&](const char* sample) {
    const char* record = sample + sizeof(std::uint32_t);
    const std::uint64_t start = word_at(record, start_at_), end = word_at(record, end_at_);
    if (start < range.end() && end > range.start) ranges.push_back({start, end - start});
  });
  if (samples_->lost()) problem_ = "more invalidations than there is room for";
  const auto key = [](const HvaRange& r) { return std::pair(r.start, r.length); };
  std::sort(ranges.begin(), ranges.end(),
            [&](const HvaRange& a, const HvaRange& b) { return key(a) < key(b); });
  ranges.erase(std::unique(ranges.begin(), ranges.end(),
                           [&](const HvaRange& a, const HvaRange& b) { return key(a) == key(b); }),
               ranges.end());
  return ranges;
}

static std::string text_of(const HvaRange& range, const HvaRange& changed) {
  char text[96];
  std::snprintf(text, sizeof text, "[%+ld, %+ld) KiB of the start of %zu KiB",
                static_cast<long>(range.start - changed.start) / 1024,
                static_cast<long>(range.end() - changed.start) / 1024, changed.length >> 10);
  return text;
}

std::string misfit(const std::vector<HvaRange>& ranges, const HvaRange& changed) {
  if (ranges.empty()) return "no call";
  std::uintptr_t covered = changed.start;
  for (const HvaRange& range : ranges) {
    if (range.start < changed.start || range.end() > changed.end())
      return "too wide: " + text_of(range, changed);
    if (range.start > covered) return "a gap before " + text_of(range, changed);
    covered = std::max(covered, range.end());
  }
  return covered == changed.end() ? "" : "too short: " + text_of(ranges.back(), changed);
}

std::size_t disjoint(const std::vector<HvaRange>& ranges) {
  std::size_t count = 0;
  std::uintptr_t end = 0;
  for (const HvaRange& range : ranges) {
    count += range.start >= end;
    end = std::max(end, range.end());
  }
  return count;
}

}  // namespace kproof::kvm
