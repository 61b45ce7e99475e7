#include "console/prefilter.hpp"

#include <fmt/format.h>
#include <hs/hs.h>

#include "util/error.hpp"

namespace kproof::console {

void Prefilter::FreeDatabase::operator()(void* database) const noexcept {
  hs_free_database(static_cast<hs_database_t*>(database));
}

void Prefilter::FreeScratch::operator()(void* scratch) const noexcept {
  hs_free_scratch(static_cast<hs_scratch_t*>(scratch));
}

static void check(hs_error_t error, std::string_view what) {
  if (error == HS_SUCCESS) return;
  throw HostError(fmt::format("Hyperscan cannot {} (error {})", what, error),
                  "it needs an x86-64 CPU with SSSE3");
}

static hs_database_t* compile_literals(const std::vector<std::string_view>& literals) {
  std::vector<const char*> texts;
  std::vector<std::size_t> sizes;
  std::vector<unsigned> ids;
  for (const std::string_view literal : literals) {
    ids.push_back(static_cast<unsigned>(texts.size()));
    texts.push_back(literal.data());
    sizes.push_back(literal.size());
  }
  const std::vector<unsigned> flags(literals.size(), 0);
  hs_database_t* database = nullptr;
  hs_compile_error_t* error = nullptr;
  const hs_error_t status = hs_compile_lit_multi(
      texts.data(), flags.data(), ids.data(), sizes.data(), static_cast<unsigned>(literals.size()),
      HS_MODE_BLOCK, nullptr, &database, &error);
  hs_free_compile_error(error);
  check(status, "compile its patterns");
  return database;
}

Prefilter::Prefilter(const std::vector<std::string_view>& literals)
    : database_(compile_literals(literals), FreeDatabase()) {
  allocate_scratch();
}

Prefilter::Prefilter(const Prefilter& other) : database_(other.database_) {
  allocate_scratch();
}

void Prefilter::allocate_scratch() {
  hs_scratch_t* scratch = nullptr;
  check(hs_alloc_scratch(static_cast<hs_database_t*>(database_.get()), &scratch),
        "allocate its scratch space");
  scratch_.reset(scratch);
}

static int collect(unsigned id, unsigned long long, unsigned long long to, unsigned, void* hits) {
  static_cast<std::vector<Prefilter::Hit>*>(hits)->push_back(
      {id, static_cast<std::size_t>(to) - 1});
  return 0;
}

void Prefilter::scan(std::string_view bytes, std::vector<Hit>& hits) {
  check(hs_scan(static_cast<hs_database_t*>(database_.get()), bytes.data(),
                static_cast<unsigned>(bytes.size()), 0, static_cast<hs_scratch_t*>(scratch_.get()),
                collect, &hits),
        "scan");
}

}  // namespace kproof::console
