#include "console/generator/check.hpp"

#include <algorithm>
#include <functional>
#include <set>
#include <span>

#include <fmt/format.h>

namespace kproof::console::generator {
using Strength = Promise::Strength;

static bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != text.npos;
}

static bool names(const Found& found, const Promise& promise) {
  if (!(promise.flags & kLoops)) return holds(found.title, promise.stack[0]);
  return std::ranges::any_of(promise.stack,
                             [&](const std::string& name) { return holds(found.title, name); });
}

// The title with another function of the stack, where chance decides which.
static bool titled(const Found& found, const Promise& promise) {
  const auto fits = [&](const std::string& title) {
    return (promise.flags & kRough) ? holds(found.title, title) : found.title == title;
  };
  if (!(promise.flags & kLoops)) return fits(promise.title);
  const std::size_t at = promise.title.find(promise.stack[0]);
  return std::ranges::any_of(promise.stack, [&](const std::string& name) {
    std::string title = promise.title;
    if (at != title.npos) title.replace(at, promise.stack[0].size(), name);
    return fits(title);
  });
}

static bool kept(const Promise& promise, const Found& found) {
  switch (promise.strength) {
    case Strength::whole:
      return titled(found, promise);
    case Strength::cut:
      return !promise.named || (promise.flags & kNoName) || names(found, promise);
    default:
      return true;
  }
}

static std::string list(const std::vector<const Found*>& found) {
  if (found.empty()) return "nothing";
  std::string text;
  for (const Found* one : found)
    text += fmt::format("{}`{}` (line {})", text.empty() ? "" : ", ", one->title, one->line);
  return text;
}

// Findings of one title are one: where no function is known, all of a kind may be.
static bool folded(const Promise& promise, const std::vector<Found>& all, std::size_t last) {
  if (promise.strength == Strength::cut && !promise.named)
    return std::ranges::any_of(
        all, [&](const Found& found) { return found.line <= last && found.count > 1; });
  if (!(promise.flags & kNoName)) return false;
  return std::ranges::any_of(all, [&](const Found& found) {
    return found.line <= last && found.count > 1 && holds(found.title, promise.title);
  });
}

// Each finding keeps one promise: the first of these that none is left for, however they are dealt
// out; null where all are kept.
static const Promise* unkept(std::span<const Promise* const> promises,
                             const std::vector<const Found*>& found, std::set<const Found*> used,
                             const std::function<bool(const Promise&)>& folds) {
  if (promises.empty()) return nullptr;
  const Promise* broken = promises.front();
  for (const Found* one : found) {
    if (!kept(*promises.front(), *one) || !used.insert(one).second) continue;
    broken = unkept(promises.subspan(1), found, used, folds);
    if (!broken) return nullptr;
    used.erase(one);
  }
  return folds(*promises.front()) ? unkept(promises.subspan(1), found, used, folds) : broken;
}

static std::string of_piece(const Piece& piece, const std::vector<const Found*>& found,
                            const std::vector<Found>& all, std::size_t last) {
  if (piece.promises.empty() && !found.empty())
    return fmt::format("{}: false alarm: {}", piece.what, list(found));
  std::vector<const Promise*> sure;
  std::size_t least = 0, most = piece.promises.size();
  bool folds = false;  // into a finding of a piece before
  const auto folding = [&](const Promise& promise) { return folded(promise, all, last); };
  for (const Promise& promise : piece.promises) {
    // Torn apart by another's, the two headers that an oops has may be two findings.
    if (promise.strength == Strength::mixed) least = 1, ++most;
    if (promise.strength == Strength::mixed) folds |= folding(promise);
    if (promise.strength == Strength::whole || promise.strength == Strength::cut)
      sure.push_back(&promise);
  }
  if (const Promise* broken = unkept(sure, found, {}, folding))
    return fmt::format("{}: promised `{}`, found {}", piece.what, broken->title, list(found));
  if (found.size() > most) return fmt::format("{}: one too many: {}", piece.what, list(found));
  if (found.size() < least && !folds) return fmt::format("{}: missed", piece.what);
  return {};
}

static std::string of_facts(const Log& log, const Verdict& verdict) {
  bool dies = false, may = false, panics = false;
  for (const Piece& piece : log.pieces)
    for (const Promise& promise : piece.promises) {
      const bool sure = promise.strength == Strength::whole;
      dies |= sure && (promise.flags & kDies);
      may |= (promise.flags & kDies) != 0;
      panics |= (promise.flags & kPanics) != 0;
      if (sure && (promise.flags & kPanics) && !verdict.panicked)
        return fmt::format("{}: the panic is no fact", piece.what);
    }
  if (dies && !verdict.oopsed) return "an oops is no fact";
  if (verdict.oopsed && !may) return "an oops that was not";
  if (verdict.panicked && !panics) return "a panic that was not";
  return {};
}

std::string broken_promise(const Log& log, const Rendered& rendered, const Verdict& verdict) {
  for (std::size_t i = 0; i < log.pieces.size(); ++i) {
    const auto [first, last] = rendered.pieces[i];
    std::vector<const Found*> found;
    for (const Found& one : verdict.findings)
      if (one.line >= first && one.line <= last) found.push_back(&one);
    std::string broken = of_piece(log.pieces[i], found, verdict.findings, last);
    if (!broken.empty()) return broken;
  }
  return of_facts(log, verdict);
}

}  // namespace kproof::console::generator
