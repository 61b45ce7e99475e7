#include "util/hash.hpp"

#include <cerrno>
#include <cstring>
#include <new>

#include <fcntl.h>
#include <fmt/format.h>
#include <xxhash.h>

#include "util/error.hpp"
#include "util/fd.hpp"

namespace kproof::util {

static XXH3_state_t* state_of(void* state) {
  return static_cast<XXH3_state_t*>(state);
}

void Hasher::Free::operator()(void* state) const noexcept {
  XXH3_freeState(state_of(state));
}

Hasher::Hasher() : state_(XXH3_createState()) {
  if (!state_) throw std::bad_alloc();
  XXH3_128bits_reset(state_of(state_.get()));
}

Hasher& Hasher::add(std::string_view field) {
  const std::uint64_t size = field.size();
  XXH3_128bits_update(state_of(state_.get()), &size, sizeof size);
  XXH3_128bits_update(state_of(state_.get()), field.data(), field.size());
  return *this;
}

Hasher& Hasher::add_file(const std::filesystem::path& path) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) throw HostError(fmt::format("cannot open {}: {}", path.string(), std::strerror(errno)));
  char buffer[1 << 16];
  std::uint64_t size = 0;
  for (;;) {
    const ssize_t n = ::read(fd.get(), buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0)
      throw HostError(fmt::format("cannot read {}: {}", path.string(), std::strerror(errno)));
    if (n == 0) break;
    XXH3_128bits_update(state_of(state_.get()), buffer, static_cast<std::size_t>(n));
    size += static_cast<std::uint64_t>(n);
  }
  XXH3_128bits_update(state_of(state_.get()), &size, sizeof size);
  return *this;
}

std::string Hasher::hex() const {
  const XXH128_hash_t h = XXH3_128bits_digest(state_of(state_.get()));
  return fmt::format("{:016x}{:016x}", h.high64, h.low64);
}

}  // namespace kproof::util
