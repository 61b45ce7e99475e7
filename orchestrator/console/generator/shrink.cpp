#include "console/generator/check.hpp"

namespace kproof::console::generator {

// Without the first boot, the second is the first.
static bool is_boot(const Piece& piece) {
  return piece.what.find("boot") != piece.what.npos;
}

// A report without some of its lines promises less.
static bool may_lose_lines(const Piece& piece) {
  return piece.promises.empty() && !is_boot(piece);
}

template <class List>
static void remove(List& list, std::size_t i) {
  list.erase(list.begin() + static_cast<std::ptrdiff_t>(i));
}

class Shrinker {
 public:
  Shrinker(Log log, const Analyse& analyse) : log_(std::move(log)), analyse_(analyse) {
    kind_ = kind_of(broken(log_));
  }

  Log shrink() {
    simplify([](Log& log) { log.crlf = false; });
    simplify([](Log& log) { log.coloured = false; });
    // Who printed a line is part of what was promised.
    simplify([](Log& log) { log.style = styles()[log.style.callers ? 1 : 0]; });
    for (std::size_t i = log_.pieces.size(); i-- > 0;)
      if (!is_boot(log_.pieces[i])) simplify([i](Log& log) { remove(log.pieces, i); });
    for (std::size_t i = 0; i < log_.pieces.size(); ++i)
      lines(i);
    return std::move(log_);
  }

 private:
  void lines(std::size_t i) {
    const bool benign = may_lose_lines(log_.pieces[i]);
    for (std::size_t k = log_.pieces[i].events.size(); k-- > 0;)
      if (benign || log_.pieces[i].events[k].source == Event::Source::program)
        simplify([i, k](Log& log) { remove(log.pieces[i].events, k); });
  }

  std::string broken(const Log& log) const {
    const Rendered rendered = render(log);
    return broken_promise(log, rendered, analyse_(rendered.text));
  }
  // Whose promise, without what was found.
  static std::string kind_of(const std::string& promise) {
    return promise.substr(0, promise.find(':'));
  }

  template <class Change>
  void simplify(Change change) {
    Log simpler = log_;
    change(simpler);
    if (kind_of(broken(simpler)) == kind_) log_ = std::move(simpler);
  }

  Log log_;
  const Analyse& analyse_;
  std::string kind_;
};

Log shrink(Log log, const Analyse& analyse) {
  return Shrinker(std::move(log), analyse).shrink();
}

}  // namespace kproof::console::generator
