#include "kvm/perf_samples.hpp"

#include <cerrno>
#include <cstring>
#include <vector>

#include <sched.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kvm/perf_event.hpp"
#include "lib/safe.hpp"
#include "machine/parked_cpus.hpp"

namespace kproof::kvm {

static constexpr std::size_t kPage = 4096, kData = 128 * kPage;

// An event that is switched on or off is kernel text that changes.
PerfSamples::PerfSamples(perf_event_attr attributes) {
  attributes.sample_period = 1;
  const machine::ParkedCpus parked;
  fd_ = open_perf_event(attributes, ::sched_getcpu());
  if (fd_ < 0) {
    problem_ = std::string("perf_event_open: ") + std::strerror(errno);
    return;
  }
  ring_ = static_cast<char*>(
      lib::safe::mmap(nullptr, kPage + kData, PROT_READ | PROT_WRITE, MAP_SHARED, fd_, 0));
  start_perf_event(fd_, of_thread(::gettid()));
}

PerfSamples::~PerfSamples() {
  const machine::ParkedCpus parked;
  if (ring_) lib::safe::munmap(ring_, kPage + kData);
  if (fd_ >= 0) ::close(fd_);
}

// A record may go round the ring's end.
static void copy_out(const char* ring, std::uint64_t at, void* to, std::size_t length) {
  for (std::size_t i = 0; i < length; ++i)
    static_cast<char*>(to)[i] = ring[kPage + (at + i) % kData];
}

void PerfSamples::take(const std::function<void(const char*)>& each) {
  if (!ring_) return;
  auto* page = reinterpret_cast<perf_event_mmap_page*>(ring_);
  const std::uint64_t head = __atomic_load_n(&page->data_head, __ATOMIC_ACQUIRE);
  std::vector<char> body;
  for (std::uint64_t at = page->data_tail; at < head;) {
    perf_event_header header{};
    copy_out(ring_, at, &header, sizeof header);
    if (header.type == PERF_RECORD_LOST) lost_ = true;
    if (header.type == PERF_RECORD_SAMPLE) {
      body.resize(header.size - sizeof header);
      copy_out(ring_, at + sizeof header, body.data(), body.size());
      each(body.data());
    }
    at += header.size;
  }
  __atomic_store_n(&page->data_tail, head, __ATOMIC_RELEASE);
}

}  // namespace kproof::kvm
