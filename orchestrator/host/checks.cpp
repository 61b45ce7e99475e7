#include "host/checks.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include "host/qemu_user.hpp"
#include "util/error.hpp"
#include "util/subprocess.hpp"

namespace kproof::host {

Check check_accel(const KvmFacts& facts) {
  const AccelChoice choice = choose_accel(facts);
  if (choice.accel == model::Accel::kvm)
    return {"accelerator", Health::good, "KVM: " + choice.reason, ""};
  return {"accelerator", Health::limited, "TCG, about ten times slower: " + choice.reason,
          choice.next_step};
}

Check check_nested(const KvmFacts& facts) {
  if (choose_accel(facts).accel == model::Accel::tcg)
    return {"nested", Health::good, "TCG emulates a CPU with SVM, so guests have KVM", ""};
  const Lack lack = lack_of_nested(facts);
  if (lack.fact.empty())
    return {"nested", Health::good, facts.nested.empty() ? "not known" : facts.nested, ""};
  return {"nested", Health::limited,
          lack.fact + "; cases of kvm/ and topologies with `inner:` are miss", lack.next_step};
}

Check check_users() {
  if (::geteuid() != 0)
    return {"users", Health::good, "guests and builds have your rights, and no more", ""};
  try {
    const auto user = qemu_user(choose_accel(probe_kvm()).accel);
    return {"users", Health::good,
            fmt::format("QEMU runs as {}, each tree is built by a user of its own",
                        user ? user->name : "you"),
            ""};
  } catch (const HostError& error) {
    return {"users", Health::bad, error.what(), error.hint()};
  }
}

// One guest of the quickstart: up to 5 GiB of RAM for 1 GiB hugetlb pages, and QEMU itself.
Check check_memory(std::uint64_t available) {
  constexpr std::uint64_t kWanted = 6ull << 30, kLeast = 3ull << 30;
  const std::string fact =
      fmt::format("{:.1f} GiB available", static_cast<double>(available) / (1ull << 30));
  if (available >= kWanted) return {"memory", Health::good, fact, ""};
  if (available >= kLeast)
    return {"memory", Health::limited, fact,
            "cases with 1 GiB pages want 6 GiB: close other programs"};
  return {"memory", Health::bad, fact, "a guest with its QEMU needs 3 GiB"};
}

Check check_program(const std::string& program, const std::string& package,
                    const std::string& what_for, Health without) {
  const std::string path = util::search_path(program);
  if (!path.empty()) return {program, Health::good, fmt::format("{}, {}", path, what_for), ""};
  return {program, without, fmt::format("not in PATH; needed: {}", what_for),
          "apt-get install " + package};
}

// A source tree with what is built in it takes 2 to 3 GB, two kernels of Debian 1 GB.
Check check_cache(const std::string& path, std::uint64_t free) {
  constexpr std::uint64_t kWanted = 4ull << 30;
  const std::string fact =
      fmt::format("{}, {:.1f} GiB free", path, static_cast<double>(free) / (1ull << 30));
  if (free >= kWanted) return {"kernel cache", Health::good, fact, ""};
  return {"kernel cache", Health::limited, fact,
          "a kernel from source wants 4 GiB: free some space, or set KPROOF_CACHE"};
}

// The NVDIMM of a case with 1 GiB pages.
Check check_shared(const std::string& fact, std::uint64_t free) {
  constexpr std::uint64_t kWanted = 4ull << 30;
  if (free >= kWanted) return {"NVDIMMs", Health::good, fact, ""};
  return {"NVDIMMs", Health::limited, fact,
          "larger ones are files on a disk, which is slower: mount -o remount,size=4G /dev/shm, or "
          "docker run --shm-size=4g"};
}

Check check_hugetlb(std::uint64_t free_1g, std::uint64_t free_2m) {
  const std::string fact = fmt::format("{} free pages of 1 GiB, {} of 2 MiB", free_1g, free_2m);
  if (free_1g + free_2m > 0) return {"hugetlb pool", Health::good, fact, ""};
  return {"hugetlb pool", Health::limited, fact,
          "only for topologies with backing: hugetlb-*; echo N > "
          "/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages"};
}

}  // namespace kproof::host
