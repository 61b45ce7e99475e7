#include "lib/check.hpp"

#include <cstdarg>

namespace kproof::lib {

bool Check::that(bool condition, const char* format, ...) {
  if (condition) return true;
  if (++failures_ > kMostPrinted) return false;
  va_list args;
  va_start(args, format);
  ktap::vdiagnostic(format, args);
  va_end(args);
  return false;
}

}  // namespace kproof::lib
