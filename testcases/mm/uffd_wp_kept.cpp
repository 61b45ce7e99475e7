// What userfaultfd has write-protected stays so, until whoever was asked about a write has
// answered; and nothing else is.
//
// A snapshot of a running VM is made so: what is written unasked is missing in it.
#include <cerrno>
#include <cstring>
#include <memory>

#include <sys/mman.h>

#include "lib/case.hpp"
#include "lib/child_check.hpp"
#include "lib/safe.hpp"
#include "mm/anonymous.hpp"
#include "mm/entries.hpp"
#include "mm/hugetlb.hpp"
#include "mm/thp.hpp"
#include "mm/uffd_wp.hpp"

using namespace kproof;

namespace {

constexpr int kCollapse = 25;  // MADV_COLLAPSE, Linux 6.1
constexpr std::uint64_t kSeed = 5;

// Populated memory, all of which is protected.
class Protected {
 public:
  explicit Protected(mm::Provider& provider)
      : provider_(provider), region_(provider, 2 * provider.entry_size()) {
    region_.fill(kSeed);
    done("UFFDIO_REGISTER", uffd_.watch(region_));
    done("UFFDIO_WRITEPROTECT", uffd_.protect(region_));
  }

  const mm::Region& region() const { return region_; }
  std::size_t entry() const { return provider_.entry_size(); }
  mm::UffdWp& uffd() { return uffd_; }
  // Of the entry in which this word is, after a write to the word, nothing is protected any more.
  bool asks_at_write(std::size_t word) {
    return uffd_.asks_at_write(region_.word(word), word,
                               region_.base() + word / provider_.words_per_entry() * entry(),
                               entry());
  }
  std::size_t last() const { return region_.words() - 1; }

  static void done(const char* what, int error) {
    if (error != 0) lib::ktap::bail_out("%s: %s", what, std::strerror(error));
  }

 private:
  mm::Provider& provider_;
  mm::UffdWp uffd_{mm::UffdWp::Mode::answered};
  mm::Region region_;
};

// Else "none is protected" would say nothing.
void prove_shown(lib::Case& test, mm::Provider& provider) {
  const Protected memory(provider);
  const std::size_t all = memory.region().length() / mm::kPageSize;
  const std::size_t shown = mm::protected_pages(memory.region().base(), memory.region().length());
  test.evidence("protection_is_shown", shown == all,
                "/proc/self/pagemap shows %zu pages of %zu that are protected", shown, all);
}

void expect_asked(Protected& memory, lib::Check& check, std::size_t word, const char* when) {
  check.that(memory.asks_at_write(word), "%s: a write of word %zu went by unasked", when, word);
}

void asked(mm::Provider& provider, lib::Check& check) {
  Protected memory(provider);
  for (const std::size_t word : {std::size_t{0}, memory.last()}) {
    expect_asked(memory, check, word, "protected");
    check.that(*memory.region().word(word) == word, "the write of word %zu is lost", word);
    check.that(!memory.asks_at_write(word), "a write of word %zu asks again", word);
  }
}

void kept_by_mprotect(mm::Provider& provider, lib::Check& check) {
  for (const int prot : {PROT_READ, PROT_NONE}) {
    Protected memory(provider);
    memory.region().protect(check, prot);
    memory.region().protect(check, mm::kReadWrite);
    expect_asked(memory, check, 0, mm::prot_name(prot));
    expect_asked(memory, check, memory.last(), mm::prot_name(prot));
  }
}

// Of an entry of which half is protected. When nothing is, it can be had whole: so what kept it in
// pieces is the protection.
void kept_by_collapse(mm::Provider& provider, lib::Check& check) {
  Protected memory(provider);
  const std::size_t half = memory.entry() / 2;
  char* start = memory.region().base();
  const auto collapse = [&] {
    return ::madvise(start, memory.entry(), kCollapse) == 0 ? 0 : errno;
  };
  Protected::done("UFFDIO_WRITEPROTECT", memory.uffd().unprotect(start + half, half));
  const int error = collapse();
  lib::ktap::diagnostic("MADV_COLLAPSE: %s", error ? strerrorname_np(error) : "success");
  expect_asked(memory, check, 0, "after MADV_COLLAPSE");
  if (const int control = collapse())
    check.skip(std::string("MADV_COLLAPSE of memory that is not protected: ") +
               strerrorname_np(control));
}

// Of memory that nobody watches.
void expect_free(lib::Check& check, const char* who, char* start, std::size_t length) {
  const std::size_t pages = mm::protected_pages(start, length);
  check.that(pages == 0, "%s: %zu pages of %zu are protected", who, pages, length / mm::kPageSize);
  for (const int prot : {PROT_READ, mm::kReadWrite})
    check.that(::mprotect(start, length, prot) == 0, "%s: mprotect: %s", who, std::strerror(errno));
  const lib::Fault fault = lib::try_write(reinterpret_cast<mm::Word*>(start), 1);
  check.that(!fault.happened(), "%s: write: %s", who, fault.text().c_str());
}

// No UFFD_FEATURE_EVENT_FORK: the child's memory is not registered.
void not_inherited(mm::Provider& provider, lib::Check& check) {
  Protected memory(provider);
  const mm::Region& region = memory.region();
  lib::check_in_child(check, [&](lib::Check& childs) {
    expect_free(childs, "the child", region.base(), region.length());
  });
  expect_asked(memory, check, memory.last(), "after fork");
}

// No UFFD_FEATURE_EVENT_REMAP: what is moved is not registered any more.
void not_moved(mm::Provider& provider, lib::Check& check) {
  Protected memory(provider);
  const mm::Region& region = memory.region();
  char* place = static_cast<char*>(mm::map_aligned(region.length(), mm::kPmdSize));
  if (::mremap(region.base(), region.length(), region.length(), MREMAP_MAYMOVE | MREMAP_FIXED,
               place) == MAP_FAILED)
    check.skip(std::string("mremap: ") + strerrorname_np(errno));
  else
    expect_free(check, "moved", place, region.length());
  lib::safe::munmap(place, region.length());
}

}  // namespace

int main(int argc, char** argv) {
  std::string_view backing = "thp";
  const lib::Description description{
      .name = "mm/uffd_wp_kept",
      .summary = "what userfaultfd has write-protected stays so, and nothing else is",
      .needs = {.kconfig = {"CONFIG_USERFAULTFD", "CONFIG_PROC_PAGE_MONITOR",
                            "CONFIG_TRANSPARENT_HUGEPAGE", "CONFIG_HUGETLBFS",
                            "CONFIG_MEMFD_CREATE"},
                .memory = 640ull << 20},
      .evidence = {"mapping_is_pmd", "protection_is_shown"},
  };
  lib::Case test(argc, argv, description,
                 {{.name = "--backing",
                   .help = "what the memory is: thp or hugetlb-2m",
                   .choice = &backing,
                   .choices = {"thp", "hugetlb-2m"}}});
  const bool thp = backing == "thp";
  if (const auto problem = mm::UffdWp::problem(mm::UffdWp::Mode::answered); !problem.empty())
    lib::ktap::skip_all("%s", problem.c_str());
  std::unique_ptr<mm::Provider> provider;
  if (thp)
    provider = std::make_unique<mm::Thp>();
  else
    provider = std::make_unique<mm::Hugetlb>(mm::kPmdSize, 2 * mm::kPmdSize);
  test.plan(thp ? 5 : 4);
  {
    const mm::Region region(*provider, 2 * mm::kPmdSize);
    mm::prove_entries(test, "mapping_is_pmd", *provider, region, provider->stride());
  }
  prove_shown(test, *provider);
  const auto run = [&](const char* name, auto body) {
    test.run(name, [&](lib::Check& check) { body(*provider, check); });
  };
  run("a write asks once, and lands when it is answered", asked);
  run("what is protected is so after mprotect", kept_by_mprotect);
  if (thp) run("what is protected is so after MADV_COLLAPSE", kept_by_collapse);
  run("a child's memory is not protected", not_inherited);
  run("memory that was moved is not protected", not_moved);
  return test.finish();
}
