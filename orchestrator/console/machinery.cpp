#include "console/machinery.hpp"

#include <stdexcept>

#include <re2/re2.h>

namespace kproof::console {

NameSet::NameSet(std::initializer_list<Families> tables)
    : set_(RE2::DefaultOptions, RE2::UNANCHORED) {
  std::string error;
  for (const Families& table : tables)
    for (const char* expression : table)
      if (set_.Add(expression, &error) < 0) throw std::logic_error(error);
  set_.Compile();
}

NameSet::NameSet(std::initializer_list<const char*> expressions)
    : NameSet({Families(expressions.begin(), expressions.size())}) {}

bool NameSet::contains(std::string_view name) const {
  return set_.Match(re2::StringPiece(name.data(), name.size()), nullptr);
}

bool is_machinery(std::string_view function) {
  static const NameSet machinery(
      {reporting_families(), waiting_families(), data_families(), driver_families()});
  return machinery.contains(function);
}

}  // namespace kproof::console
