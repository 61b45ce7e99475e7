#include "machine/hypervisor.hpp"

#include <cstring>

#include <cpuid.h>

namespace kproof::machine {

std::string hypervisor() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !(c >> 31)) return "";
  __cpuid(0x40000000, a, b, c, d);
  char name[13] = {};
  std::memcpy(name, &b, 4);
  std::memcpy(name + 4, &c, 4);
  std::memcpy(name + 8, &d, 4);
  return name;
}

// AMD64 APM volume 3, E.4.2 (Fn8000_0001_ECX); Intel SDM volume 2, CPUID leaf 1.
Virtualisation virtualisation() {
  constexpr unsigned kSvm = 1 << 2, kVmx = 1 << 5;
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (__get_cpuid(0x80000001, &a, &b, &c, &d) && c & kSvm) return Virtualisation::svm;
  return __get_cpuid(1, &a, &b, &c, &d) && c & kVmx ? Virtualisation::vmx : Virtualisation::none;
}

bool under_tcg() {
  return hypervisor() == "TCGTCGTCGTCG";
}

}  // namespace kproof::machine
