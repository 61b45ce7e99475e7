#include "kconfig/verify.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace kproof::kconfig {

static bool survived(const Request& request, std::string_view got) {
  return got == request.value || (request.value == "m" && got == "y");
}

// "MEMORY_HOTPLUG is n, X86_64 is y"
static std::string values_in(const Expression& expression, const Values& values) {
  std::vector<std::string> facts;
  for (const std::string& word : words_of(expression))
    if (word != "y" && word != "n" && word != "m" && !word.starts_with("$("))
      facts.push_back(fmt::format("{} is {}", word, value_of(values, word)));
  return fmt::format("{}", fmt::join(facts, ", "));
}

static std::vector<std::string> blockers(const Definition& definition, const Values& values,
                                         Tri wanted) {
  std::vector<std::string> reasons;
  for (const auto* list : {&definition.depends, &definition.visible})
    for (const Expression& whole : *list)
      for (const Expression* part : unmet(whole, values, wanted))
        reasons.push_back(fmt::format(
            "{} {} ({})", list == &definition.depends ? "depends on" : "is asked for if",
            to_string(*part), values_in(*part, values)));
  // The menu around it often says the same.
  std::vector<std::string> once;
  for (std::string& reason : reasons)
    if (std::find(once.begin(), once.end(), reason) == once.end())
      once.push_back(std::move(reason));
  return once;
}

static Lost lost(const Request& request, Loss loss, std::string reason) {
  return {.request = request, .loss = loss, .got = "", .reason = std::move(reason)};
}

static std::string selectors(const Symbol& symbol, const Values& values, bool active) {
  std::vector<std::string> names;
  for (const Selection& selection : symbol.selected)
    if (!active || (tri_of(value_of(values, selection.by)) != Tri::no &&
                    evaluate(selection.when, values) != Tri::no))
      names.push_back(selection.by);
  const std::size_t more = names.size() > 4 ? names.size() - 4 : 0;
  names.resize(names.size() - more);
  return fmt::format("{}{}", fmt::join(names, ", "), more ? fmt::format(" and {} more", more) : "");
}

// Of the choice that the symbol belongs to, the member that was taken instead.
static std::string taken_instead(const Definition& definition, const Request& request,
                                 const Values& values, const Language& language) {
  if (!definition.choice) return "";
  for (const std::string& member : language.choices[*definition.choice].members)
    if (member != request.symbol && value_of(values, member) == "y") return member;
  return "";
}

static Lost explain_off(const Request& request, const Symbol& symbol, const Values& values) {
  const std::string by = selectors(symbol, values, true);
  if (!by.empty()) return lost(request, Loss::selected, "selected by " + by);
  return lost(request, Loss::other, "it has no prompt here, and its default is on");
}

static Lost explain(const Request& request, const Values& values, const Language& language) {
  const auto found = language.symbols.find(request.symbol);
  if (found == language.symbols.end() || found->second.definitions.empty())
    return lost(request, Loss::unknown, "no Kconfig file of this version defines it");
  const Symbol& symbol = found->second;
  if (request.value == "n") return explain_off(request, symbol, values);

  const Tri wanted = request.value == "m" ? Tri::module : Tri::yes;
  std::vector<std::string> reasons, places;
  bool prompt = false;
  for (const Definition& definition : symbol.definitions) {
    prompt |= definition.prompt;
    const auto blocked = blockers(definition, values, wanted);
    const std::string other = taken_instead(definition, request, values, language);
    if (blocked.empty() && !other.empty())
      return lost(
          request, Loss::choice,
          fmt::format("the choice \"{}\" ({}) is {}", language.choices[*definition.choice].prompt,
                      language.choices[*definition.choice].place, other));
    reasons.insert(reasons.end(), blocked.begin(), blocked.end());
    places.push_back(definition.place);
  }
  const std::string where = fmt::format("{}", fmt::join(places, ", "));
  if (!reasons.empty())
    return lost(request, Loss::unmet, fmt::format("{}: {}", where, fmt::join(reasons, "; ")));
  if (!prompt)
    return lost(
        request, Loss::not_by_hand,
        fmt::format("{}: it cannot be set by hand, only by {}", where,
                    symbol.selected.empty() ? "its default" : selectors(symbol, values, false)));
  return lost(request, Loss::other,
              fmt::format("{}: its dependencies are met; its type or range, or what the compiler "
                          "can do, does not allow it",
                          where));
}

std::vector<Lost> verify(const std::vector<Fragment>& fragments, const Values& finished,
                         const Language& language) {
  const auto last = effective(fragments);
  std::vector<Lost> all;
  for (const Fragment& fragment : fragments)
    for (const Request& request : fragment.requests) {
      const std::string_view got = value_of(finished, request.symbol);
      if (survived(request, got)) continue;
      const Request& winner = *last.at(request.symbol);
      all.push_back(winner.value != request.value
                        ? lost(request, Loss::overridden,
                               fmt::format("{} asks for {}", winner.place, winner.value))
                        : explain(request, finished, language));
      all.back().got = got;
    }
  return all;
}

Lost explained(const Request& request, const Values& finished, const Language& language) {
  Lost lost = explain(request, finished, language);
  lost.got = value_of(finished, request.symbol);
  return lost;
}

std::string to_string(const Lost& lost) {
  const Request& request = lost.request;
  const std::string asked = request.value == "n"
                                ? fmt::format("# CONFIG_{} is not set", request.symbol)
                                : fmt::format("CONFIG_{}={}", request.symbol, request.value);
  return fmt::format("{}: {} became {}: {}", request.place, asked, lost.got, lost.reason);
}

}  // namespace kproof::kconfig
