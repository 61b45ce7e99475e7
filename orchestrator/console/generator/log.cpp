#include "console/generator/log.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "console/generator/benign.hpp"

namespace kproof::console::generator {
using Source = Event::Source;
using Strength = Promise::Strength;

// Puts pieces behind one another on one clock.
class Composer {
 public:
  explicit Composer(std::uint64_t seed) : random_(seed) {
    log_.style = random_.pick(styles());
    log_.machine = machine(random_);
    log_.crlf = random_.one_in(10);
    log_.coloured = random_.one_in(20);
    kinds_ = kinds_of(log_.machine);
  }

  Log compose() {
    if (random_.one_in(2))
      boot("boot");
    else if (random_.one_in(6))
      tail();
    for (std::size_t left = random_.below(6); left-- > 0 && !dead_;)
      step();
    chatter(random_.below(6));
    log_.machine.random = nullptr;
    return std::move(log_);
  }

 private:
  void step() {
    chatter(random_.below(4) == 0 ? 0 : random_.below(40));
    switch (random_.below(16)) {
      case 0:
        return reboot(true);
      case 1:
        return reboot(false);
      case 2:
      case 3:
        return cut();
      case 4:
        return pair();
      case 5:
        return chatter(random_.below(80));
      default:
        return whole();
    }
  }

  Event event(std::string text, Source source = Source::kernel, std::string caller = "T1") {
    usec_ += 1 + random_.below(random_.one_in(8) ? 900000 : 40);
    return {usec_, source, std::move(caller), std::move(text)};
  }

  void chatter(std::size_t lines) {
    Piece piece{.what = "chatter"};
    if (random_.one_in(6)) usec_ += random_.below(3600) * 1000000;
    while (lines-- > 0)
      piece.events.push_back(
          random_.one_in(4) ? program_line() : event(std::string(random_.pick(kernel_chatter()))));
    if (!piece.events.empty()) log_.pieces.push_back(std::move(piece));
  }

  Event program_line() {
    return event(std::string(random_.pick(random_.one_in(5) ? quotations() : program_chatter())),
                 Source::program);
  }

  void boot(const char* what) {
    usec_ = 0;
    Piece piece{.what = what};
    Event banner =
        event(fmt::format("Linux version {} (zork@host) (gcc (Debian 12.2.0-14) 12.2.0, "
                          "GNU ld 2.40) #1 SMP Sat Nov 28 12:00:00 UTC 2026",
                          log_.machine.release));
    banner.usec = 0;
    piece.events.push_back(std::move(banner));
    log_.pieces.push_back(std::move(piece));
    booted_ = true;
    chatter(random_.between(1, 12));
  }

  // Of a log that has the boot before: behind the mere end of one, a banner is where it begins.
  void reboot(bool orderly) {
    if (!booted_) return;
    if (orderly) {
      Piece piece{.what = "an orderly end"};
      piece.events = {event("systemd-shutdown[1]: Rebooting.", Source::program),
                      event("reboot: Restarting system")};
      log_.pieces.push_back(std::move(piece));
      return boot("orderly second boot");
    }
    const std::size_t at = log_.pieces.size();
    boot("second boot");
    log_.pieces[at].promises.push_back(
        {.strength = log_.style.stored ? Strength::either : Strength::whole,
         .kind = "reboot",
         .title = "unexpected kernel reboot",
         .flags = kNoName});
  }

  Report make() { return report(log_.machine, *random_.pick(kinds_), serial_++); }

  std::string caller() {
    return fmt::format("{}{}", random_.one_in(4) ? "C" : "T", random_.between(2, 9999));
  }

  static Promise promise(const Report& report, Strength strength) {
    return {strength, std::string(report.kind->name), report.title, report.kind->flags,
            report.task.stack};
  }

  // Lines of programs come between those of a report at times.
  std::vector<Event> events(const Lines& lines, const std::string& from) {
    std::vector<Event> events;
    const bool disturbed = random_.one_in(5);
    for (const std::string& line : lines) {
      events.push_back(event(line, Source::kernel, from));
      if (disturbed && random_.one_in(6))
        events.push_back(event(std::string(random_.pick(program_chatter())), Source::program));
    }
    return events;
  }

  void whole() {
    const Report made = make();
    // A panic that comes a moment behind a report may be its end.
    if (made.kind->flags & kPanics) {
      usec_ += (60 + random_.below(3600)) * 1000000;
      chatter(random_.between(1, 3));
    }
    Piece piece{.what = std::string(made.kind->name), .events = events(made.lines, caller())};
    piece.promises = {promise(made, Strength::whole)};
    log_.pieces.push_back(std::move(piece));
    dead_ = (made.kind->flags & kPanics) != 0;
  }

  static bool names(const Lines& lines, const Report& report) {
    return std::ranges::any_of(lines, [&](const std::string& line) {
      return line.find(report.task.stack[0] + "+0x") != line.npos;
    });
  }

  void add_cut(const Report& made, const Lines& kept, const char* what, Strength strength) {
    Promise promise = this->promise(made, strength);
    promise.named = names(kept, made);
    log_.pieces.push_back({fmt::format("{}, {}", made.kind->name, what),
                           events(kept, caller()),
                           {std::move(promise)}});
  }

  // A log that ends in a report: what was lost may be much.
  void cut() {
    const Report made = make();
    usec_ += 60 * 1000000;
    const auto begin = made.lines.begin();
    const std::size_t header = made.header + 1, size = made.lines.size();
    const bool half = random_.one_in(2);
    const std::size_t kept = half ? std::max(header, size / 2) : header;
    add_cut(made, Lines(begin, begin + static_cast<std::ptrdiff_t>(kept)),
            half ? "first half" : "header only", Strength::cut);
    dead_ = true;
  }

  // A log that begins in one.
  void tail() {
    const Report made = make();
    const std::size_t from = std::max(made.header + 1, made.lines.size() / 2);
    if (from == made.lines.size() || (made.kind->flags & kPanics)) return;
    add_cut(made, Lines(made.lines.begin() + static_cast<std::ptrdiff_t>(from), made.lines.end()),
            "second half", Strength::either);
    chatter(40);
  }

  void pair() {
    const Report one = make(), two = make();
    if ((one.kind->flags | two.kind->flags) & kPanics) return;
    const Strength strength = log_.style.callers ? Strength::whole : Strength::mixed;
    Piece piece{.what = fmt::format("{} and {} at once", one.kind->name, two.kind->name),
                .promises = {promise(one, strength), promise(two, strength)}};
    const std::string callers[] = {"T101", "C2"};
    const Report* reports[] = {&one, &two};
    std::size_t next[] = {0, 0};
    while (next[0] < one.lines.size() || next[1] < two.lines.size()) {
      const std::size_t who = random_.below(2);
      for (std::size_t run = random_.between(1, 6); run-- > 0;)
        if (next[who] < reports[who]->lines.size())
          piece.events.push_back(
              event(reports[who]->lines[next[who]++], Source::kernel, callers[who]));
    }
    log_.pieces.push_back(std::move(piece));
  }

  Random random_;
  Log log_;
  std::vector<const Kind*> kinds_;
  std::uint64_t usec_ = 0;
  std::size_t serial_ = 1;
  bool booted_ = false, dead_ = false;
};

Log compose(std::uint64_t seed) {
  Composer composer(seed);
  return composer.compose();
}

Rendered render(const Log& log) {
  Rendered out;
  std::size_t line = 0;
  for (const Piece& piece : log.pieces) {
    const std::size_t first = line + 1;
    for (const Event& event : piece.events) {
      if (event.source == Source::program && log.style.program == kNever) continue;
      Event shown = event;
      if (log.coloured && event.source == Source::kernel)
        shown.text = "\x1b[33m" + event.text + "\x1b[0m";
      out.text += render(log.style, shown, line);
      out.text += log.crlf ? "\r\n" : "\n";
      ++line;
    }
    out.pieces.push_back({first, line});
  }
  return out;
}

}  // namespace kproof::console::generator
