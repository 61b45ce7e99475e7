#include "kconfig/needs.hpp"

#include <algorithm>
#include <deque>
#include <map>

namespace kproof::kconfig {
namespace {

// While it lives, a symbol has another value.
class Flipped {
 public:
  Flipped(Values& values, const std::string& symbol, const std::string& value)
      : values_(values), symbol_(symbol), before_(value_of(values, symbol)) {
    set(value);
  }
  ~Flipped() { set(before_); }
  Flipped(const Flipped&) = delete;

 private:
  void set(const std::string& value) const {
    if (value == "n")
      values_.erase(symbol_);
    else
      values_[symbol_] = value;
  }
  Values& values_;
  const std::string symbol_, before_;
};

bool is_shown(const Symbol& symbol, const Values& values) {
  return std::ranges::any_of(symbol.definitions, [&](const Definition& definition) {
    return definition.prompt && is_visible(definition, values);
  });
}

std::set<std::string> words_of(const std::vector<Expression>& list) {
  std::set<std::string> words;
  for (const Expression& expression : list)
    for (std::string& word : words_of(expression))
      words.insert(std::move(word));
  return words;
}

std::set<std::string> asked_for(const Symbol& symbol) {
  std::set<std::string> words;
  for (const Definition& definition : symbol.definitions)
    for (const auto* list : {&definition.depends, &definition.visible})
      words.merge(words_of(*list));
  return words;
}

std::set<std::string> words_of_defaults(const Definition& definition) {
  std::set<std::string> words;
  for (const Default& one : definition.defaults)
    words.merge(words_of({one.value, one.when}));
  return words;
}

class Finder {
 public:
  Finder(const std::vector<Option>& options, const Values& good, const Values& bad,
         const Language& language)
      : options_(options), good_(good), bad_(bad), language_(language) {
    needs_.hard.resize(options.size());
    needs_.likely.resize(options.size());
    for (std::size_t i = 0; i < options.size(); ++i)
      index_[options[i].symbol] = i;
    index_language();
  }

  Needs all() {
    for (std::size_t i = 0; i < options_.size(); ++i)
      if (const auto found = language_.symbols.find(options_[i].symbol);
          found != language_.symbols.end()) {
        depends(i, found->second);
        pulls(i);
      }
    return std::move(needs_);
  }

 private:
  bool on_at_good(std::size_t i) const { return options_[i].good != "n"; }
  bool on_at_bad(std::size_t i) const { return options_[i].bad != "n"; }

  void depends(std::size_t i, const Symbol& symbol) {
    const auto words = asked_for(symbol);
    for (const std::string& word : words)
      if (const auto other = index_.find(word); other != index_.end() && other->second != i)
        depends_on(i, symbol, other->second);
    std::set<std::string> seen;
    for (const std::string& word : words)
      for (const std::size_t other : behind(word, seen))
        maybe(i, other);
  }

  void depends_on(std::size_t i, const Symbol& symbol, std::size_t other) {
    const Option& of = options_[other];
    if (on_at_bad(i) && is_shown(symbol, bad_)) {
      const Flipped flipped(bad_, of.symbol, of.good);
      if (!is_shown(symbol, bad_)) needs_.hard[i].insert(other);
    }
    if (on_at_good(i) && !on_at_bad(i) && is_shown(symbol, good_)) {
      const Flipped flipped(good_, of.symbol, of.bad);
      if (!is_shown(symbol, good_)) needs_.hard[other].insert(i);
    }
    maybe(i, other);
  }

  void maybe(std::size_t i, std::size_t other) {
    if (i == other) return;
    if (on_at_bad(i))
      needs_.likely[i].insert(other);
    else
      needs_.likely[other].insert(i);
  }

  // What one switched on makes on, at the good end; and at the bad end, what it would.
  void pulls(std::size_t by) {
    if (on_at_bad(by))
      for (const std::size_t i : pulled(good_, options_[by].symbol, options_[by].bad))
        if (on_at_bad(i)) needs_.hard[by].insert(i);
    if (on_at_good(by) && !on_at_bad(by))
      for (const std::size_t i : pulled(bad_, options_[by].symbol, options_[by].good))
        if (on_at_good(i) && !on_at_bad(i)) needs_.hard[i].insert(by);
  }

  // By selects, and by the defaults of symbols that nobody sets.
  std::set<std::size_t> pulled(Values& values, const std::string& symbol,
                               const std::string& value) const {
    std::deque<Flipped> flipped;
    std::vector<std::string> open{symbol};
    std::set<std::size_t> found;
    flipped.emplace_back(values, symbol, value);
    const auto turn_on = [&](const std::string& name) {
      if (value_of(values, name) != "n") return;
      flipped.emplace_back(values, name, "y");
      open.push_back(name);
      if (const auto option = index_.find(name); option != index_.end())
        found.insert(option->second);
    };
    while (!open.empty()) {
      const std::string next = open.back();
      open.pop_back();
      for (const auto& [name, when] : of(selects_, next))
        if (evaluate(*when, values) != Tri::no) turn_on(name);
      for (const auto& [name, definition] : of(defaults_, next))
        if (is_on_by_default(*definition, values)) turn_on(name);
    }
    return found;
  }

  template <class List>
  static const List& of(const std::map<std::string, List>& lists, const std::string& name) {
    static const List none;
    const auto found = lists.find(name);
    return found == lists.end() ? none : found->second;
  }

  static bool is_on_by_default(const Definition& definition, const Values& values) {
    return is_visible(definition, values) &&
           std::ranges::any_of(definition.defaults, [&](const Default& one) {
             return evaluate(one.value, values) != Tri::no && evaluate(one.when, values) != Tri::no;
           });
  }

  void index_language() {
    for (const auto& [name, symbol] : language_.symbols) {
      for (const Selection& selection : symbol.selected)
        selects_[selection.by].emplace_back(name, &selection.when);
      for (const Definition& definition : symbol.definitions)
        if (!definition.prompt)
          for (const std::string& word : words_of_defaults(definition))
            defaults_[word].emplace_back(name, &definition);
    }
  }

  // The options that have a say in a symbol which is none itself and has two values.
  std::set<std::size_t> behind(const std::string& word, std::set<std::string>& seen) {
    std::set<std::size_t> found;
    if (index_.contains(word) || value_of(good_, word) == value_of(bad_, word)) return found;
    if (!seen.insert(word).second) return found;
    const auto symbol = language_.symbols.find(word);
    if (symbol == language_.symbols.end()) return found;
    auto words = asked_for(symbol->second);
    for (const Definition& definition : symbol->second.definitions)
      words.merge(words_of_defaults(definition));
    for (const Selection& selection : symbol->second.selected) {
      words.insert(selection.by);
      for (std::string& one : words_of(selection.when))
        words.insert(std::move(one));
    }
    for (const std::string& one : words)
      if (const auto option = index_.find(one); option != index_.end())
        found.insert(option->second);
      else
        found.merge(behind(one, seen));
    return found;
  }

  const std::vector<Option>& options_;
  Values good_, bad_;  // changed for a moment only
  const Language& language_;
  std::map<std::string, std::size_t, std::less<>> index_;
  // By what selects, and by what a default speaks of.
  std::map<std::string, std::vector<std::pair<std::string, const Expression*>>> selects_;
  std::map<std::string, std::vector<std::pair<std::string, const Definition*>>> defaults_;
  Needs needs_;
};

}  // namespace

bool is_visible(const Definition& definition, const Values& values) {
  for (const auto* list : {&definition.depends, &definition.visible})
    for (const Expression& expression : *list)
      if (evaluate(expression, values) == Tri::no) return false;
  return true;
}

Needs needs_of(const std::vector<Option>& options, const Values& good, const Values& bad,
               const Language& language) {
  return Finder(options, good, bad, language).all();
}

}  // namespace kproof::kconfig
