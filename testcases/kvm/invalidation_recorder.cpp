#include "kvm/invalidation_recorder.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include <sched.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kvm/perf_event.hpp"
#include "lib/safe.hpp"
#include "lib/sysfs.hpp"
#include "machine/parked_cpus.hpp"

namespace kproof::kvm {

static const std::string kEvent = "/sys/kernel/tracing/events/kvm/kvm_unmap_hva_range/";
static constexpr std::size_t kPage = 4096, kData = 128 * kPage;

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
  attributes.sample_period = 1;
  attributes.sample_type = PERF_SAMPLE_RAW;
  return attributes;
}

// A tracepoint that is switched on or off is kernel text that changes.
InvalidationRecorder::InvalidationRecorder() {
  const machine::ParkedCpus parked;
  const std::uint64_t id = lib::sysfs::read_number(kEvent + "id");
  const std::string format = lib::sysfs::read(kEvent + "format");
  start_at_ = offset_of(format, "start");
  end_at_ = offset_of(format, "end");
  if (id == 0 || start_at_ == 0 || end_at_ == 0) {
    problem_ = kEvent + "{id,format} cannot be read";
    return;
  }
  fd_ = open_perf_event(each_of(id), ::sched_getcpu());
  if (fd_ < 0) {
    problem_ = std::string("perf_event_open of kvm_unmap_hva_range: ") + std::strerror(errno);
    return;
  }
  ring_ = static_cast<char*>(
      lib::safe::mmap(nullptr, kPage + kData, PROT_READ | PROT_WRITE, MAP_SHARED, fd_, 0));
  start_perf_event(fd_, of_thread(::gettid()));
}

InvalidationRecorder::~InvalidationRecorder() {
  const machine::ParkedCpus parked;
  if (ring_) lib::safe::munmap(ring_, kPage + kData);
  if (fd_ >= 0) ::close(fd_);
}

// A record may go round the ring's end.
static void copy_out(const char* ring, std::uint64_t at, void* to, std::size_t length) {
  for (std::size_t i = 0; i < length; ++i)
    static_cast<char*>(to)[i] = ring[kPage + (at + i) % kData];
}

// PERF_RECORD_SAMPLE: header, u32 size, the tracepoint's record.
std::vector<HvaRange> InvalidationRecorder::take(const HvaRange& range) {
  std::vector<HvaRange> ranges;
  if (!ring_) return ranges;
  auto* page = reinterpret_cast<perf_event_mmap_page*>(ring_);
  const std::uint64_t head = __atomic_load_n(&page->data_head, __ATOMIC_ACQUIRE);
  std::uint64_t at = page->data_tail;
  while (at < head) {
    perf_event_header header{};
    copy_out(ring_, at, &header, sizeof header);
    if (header.type == PERF_RECORD_LOST) problem_ = "more invalidations than there is room for";
    if (header.type == PERF_RECORD_SAMPLE) {
      const std::uint64_t raw = at + sizeof header + sizeof(std::uint32_t);
      std::uint64_t start = 0, end = 0;
      copy_out(ring_, raw + start_at_, &start, sizeof start);
      copy_out(ring_, raw + end_at_, &end, sizeof end);
      if (start < range.end() && end > range.start) ranges.push_back({start, end - start});
    }
    at += header.size;
  }
  __atomic_store_n(&page->data_tail, head, __ATOMIC_RELEASE);
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
