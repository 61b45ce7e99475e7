// What a trace decides without its machine.
#include <cctype>

#include <fnmatch.h>

#include "trace.hpp"

namespace kproof::guest {

bool names_event(const std::string& pattern, const std::string& event) {
  const std::size_t colon = pattern.find(':');
  std::string glob = colon == pattern.npos ? pattern + "/*" : pattern;
  if (colon != pattern.npos) glob[colon] = '/';
  return ::fnmatch(glob.c_str(), event.c_str(), FNM_PATHNAME) == 0;
}

// By registers, as kernels before 4.20 have no $argN: the first six words of x86-64's calls.
std::string kprobe_of(const std::string& function) {
  std::string name = function;
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  return "p:kproof/" + name + " " + function +
         " arg1=%di:x64 arg2=%si:x64 arg3=%dx:x64 arg4=%cx:x64 arg5=%r8:x64 arg6=%r9:x64";
}

bool is_function(std::string_view line) {
  const std::size_t blank = line.find(' ');
  if (blank == line.npos || blank + 1 >= line.size()) return false;
  const char type = line[blank + 1];
  return type == 't' || type == 'T' || type == 'w' || type == 'W';
}

}  // namespace kproof::guest
