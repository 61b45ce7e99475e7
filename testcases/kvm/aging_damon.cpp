// DAMON watches addresses of this process (Documentation/admin-guide/mm/damon/usage.rst), through
// the notifiers where a guest uses them: mm/damon/vaddr.c.
#include <unistd.h>

#include "kvm/aging.hpp"
#include "kvm/flush.hpp"
#include "kvm/runner.hpp"
#include "lib/clock.hpp"
#include "lib/sysfs.hpp"

namespace kproof::kvm::aging {

static const std::string kKdamonds = "/sys/kernel/mm/damon/admin/kdamonds/";
static const std::string kKdamond = kKdamonds + "0/";
static const std::string kContext = kKdamond + "contexts/0/";
static constexpr unsigned kAggregationUs = 100000;
// For a host that is busy: seen, nothing in 3 s.
static constexpr double kPatienceSeconds = 20;

// One kdamond that watches fixed ranges, until destroyed.
class Damon {
 public:
  explicit Damon(const std::vector<HvaRange>& ranges) {
    set(kKdamonds + "nr_kdamonds", 1);
    set(kKdamond + "contexts/nr_contexts", 1);
    lib::sysfs::write(kContext + "operations", "fvaddr");
    set(kContext + "monitoring_attrs/intervals/sample_us", 5000);
    set(kContext + "monitoring_attrs/intervals/aggr_us", kAggregationUs);
    set(kContext + "targets/nr_targets", 1);
    set(kContext + "targets/0/pid_target", static_cast<std::uint64_t>(::getpid()));
    const std::string regions = kContext + "targets/0/regions/";
    set(regions + "nr_regions", ranges.size());
    for (std::size_t i = 0; i < ranges.size(); ++i) {
      set(regions + std::to_string(i) + "/start", ranges[i].start);
      set(regions + std::to_string(i) + "/end", ranges[i].end());
    }
    report_all();
    lib::sysfs::write(kKdamond + "state", "on");
  }
  Damon(const Damon&) = delete;
  Damon& operator=(const Damon&) = delete;
  ~Damon() {
    lib::sysfs::try_write(kKdamond + "state", "off");
    lib::sysfs::try_write(kKdamonds + "nr_kdamonds", "0");
  }

  // Waits for the end of an aggregation interval. The accesses seen in the range in it.
  static std::uint64_t accesses(const HvaRange& range) {
    lib::sysfs::write(kKdamond + "state", "update_schemes_tried_regions");
    const std::string regions = kContext + "schemes/0/tried_regions/";
    std::uint64_t sum = 0;
    for (const std::string& name : lib::sysfs::list(regions)) {
      const auto start = lib::sysfs::read_number(regions + name + "/start");
      if (start >= range.start && start < range.end())
        sum += lib::sysfs::read_number(regions + name + "/nr_accesses");
    }
    return sum;
  }

 private:
  static void set(const std::string& path, std::uint64_t value) {
    lib::sysfs::write(path, std::to_string(value));
  }

  // A scheme that does nothing and applies to everything: it has the regions listed.
  static void report_all() {
    set(kContext + "schemes/nr_schemes", 1);
    const std::string scheme = kContext + "schemes/0/";
    lib::sysfs::write(scheme + "action", "stat");
    for (const char* property : {"sz", "nr_accesses", "age"})
      set(scheme + "access_pattern/" + property + "/max", 1ull << 31);
  }
};

static void flush_for(TlbFlusher& flusher, double us) {
  for (const double end = lib::now_us() + us; lib::now_us() < end;) {
    flusher.flush();
    ::usleep(5000);
  }
}

// Whether its sysfs has the regions that a scheme tried: those of 6.1 and older have not.
static bool lists_regions() {
  lib::sysfs::write(kKdamonds + "nr_kdamonds", "1");
  lib::sysfs::write(kKdamond + "contexts/nr_contexts", "1");
  lib::sysfs::write(kContext + "schemes/nr_schemes", "1");
  const bool lists = lib::sysfs::exists(kContext + "schemes/0/tried_regions");
  lib::sysfs::write(kKdamonds + "nr_kdamonds", "0");
  return lists;
}

void damon(Context& context, lib::Check& check) {
  if (!lib::sysfs::exists(kKdamonds)) return check.skip("CONFIG_DAMON_SYSFS is not set");
  if (!lists_regions())
    return check.skip("DAMON of this kernel lists no regions: 6.2 and later do");
  Machine::Shape shape = context.shape;
  shape.vcpus = std::max(shape.vcpus, 2u);
  Machine machine(context.kvm, context.provider, shape);
  const Watch watch(context, machine, "DAMON");
  TlbFlusher flusher(machine, 1);
  for (std::size_t word = 0; word < machine.words(); ++word)
    *machine.region().word(word) = 0;
  machine.compare(0, machine.words(), 0);  // so that the guest maps all of it
  // A gap keeps DAMON from merging the two.
  const std::size_t half = machine.region().length() / 2;
  const auto base = reinterpret_cast<std::uintptr_t>(machine.region().base());
  const HvaRange used{base, half - 16 * kPage4K}, unused{base + half, half};
  Runner runner(machine.vcpu(), kRegionGva, used.length / machine.stride(), machine.stride());
  check.that(runner.wait_tries_since(0), "the guest does not start");
  std::uint64_t accesses = 0, wrong = 0;
  {
    const Damon damon({used, unused});
    const double end = lib::now_us() + std::max(context.seconds, kPatienceSeconds) * 1e6;
    // DAMON asks each 5 ms; what the guest's TLB holds it does not see.
    for (unsigned i = 0; i < 3 || (accesses == 0 && lib::now_us() < end); ++i) {
      flush_for(flusher, kAggregationUs);
      accesses += Damon::accesses(used);
      wrong += Damon::accesses(unused);
    }
  }
  const Exit exit = runner.finish();
  check.that(exit.done() && machine.vcpu().mailbox().wrong == 0, "the guest: %s, %lu writes lost",
             exit.text().c_str(), machine.vcpu().mailbox().wrong);
  runner.expect_just(check, "the guest");
  check.that(accesses > 0, "DAMON saw no access to what the guest writes all the time");
  check.that(wrong == 0, "DAMON saw %lu accesses to what nobody uses", wrong);
  check.that(watch.counters().agings() > 0, "KVM was never asked for an age");
  check.that(watch.counters().young_tests() > 0, "KVM was never asked whether a page is young");
  lib::ktap::diagnostic("%lu accesses seen where the guest writes", accesses);
}

}  // namespace kproof::kvm::aging
