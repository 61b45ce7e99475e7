#include "report/progress.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "report/run_report.hpp"

namespace kproof::report {

static auto find(auto& model, const std::string& id) {
  return std::find_if(model.running.begin(), model.running.end(),
                      [&](const auto& cell) { return cell.id == id; });
}

// "boot", "L2 boot".
static std::string name_phase(model::Phase phase, int level) {
  return (level > 1 ? fmt::format("L{} ", level) : "") + std::string(to_string(phase));
}

namespace {

struct Apply {
  ProgressModel& model;
  util::Millis now;

  void operator()(const CellStarted& e) {
    model.running.push_back({e.id, model::Phase::start, 1, now, now});
    if (!model.first_start) model.first_start = now;
  }
  void operator()(const PhaseEntered& e) {
    const auto cell = find(model, e.id);
    if (cell == model.running.end()) return;
    cell->phase = e.phase;
    cell->level = e.level;
    cell->phase_started = now;
  }
  void operator()(const CellFinished& e) {
    const auto cell = find(model, e.id);
    if (cell != model.running.end()) model.running.erase(cell);
    ++model.done;
    model.ran += !e.reused;
    model.unexpected += !e.judgement.expected;
  }
  void operator()(const CellsGone& e) { model.total -= std::min(model.total, e.cells); }
  void operator()(const KernelAt& e) {
    const auto kernel = std::ranges::find(model.making, e.kernel, &ProgressModel::Making::kernel);
    if (kernel == model.making.end())
      model.making.push_back({e.kernel, e.what, now});
    else
      kernel->what = e.what;
  }
  void operator()(const KernelEnded& e) {
    std::erase_if(model.making, [&](const auto& one) { return one.kernel == e.kernel; });
    ++model.kernels_done;
  }
};

struct Render {
  const ProgressModel& before;
  util::Millis now;
  const Style& style;

  std::string operator()(const CellStarted& e) { return line(before.done, e.id, "started"); }
  std::string operator()(const PhaseEntered& e) {
    return line(before.done, e.id, name_phase(e.phase, e.level));
  }
  std::string operator()(const CellFinished& e) {
    std::string text = paint(verdict_text(e.judgement, e.left_out.size()), e.judgement, style);
    const auto cell = find(before, e.id);
    if (e.reused) text += ", kept from an earlier run";
    if (cell != before.running.end())
      text += fmt::format(" in {}", util::format_duration(now - cell->started));
    if (e.judgement.verdict != model::Verdict::pass || !e.judgement.expected)
      text += ": " + printable(e.judgement.reason);
    else if (!e.left_out.empty())
      text += ": skipped " + printable(e.left_out.front());
    return line(before.done + 1, e.id, text);
  }
  std::string operator()(const CellsGone& e) {
    return line(before.done, fmt::format("{} cells", e.cells), "their kernel is not there");
  }
  std::string operator()(const KernelAt& e) {
    return line(before.done, "kernel " + e.kernel, printable(e.what));
  }
  std::string operator()(const KernelEnded& e) {
    return line(before.done, "kernel " + e.kernel, "done");
  }
  std::string line(std::size_t done, const std::string& id, std::string_view text) {
    return fmt::format("[{:>6}] [{}/{}] {}: {}", util::format_duration(now), done, before.total, id,
                       text);
  }
};

}  // namespace

void apply(ProgressModel& model, const ProgressEvent& event, util::Millis now) {
  std::visit(Apply{model, now}, event);
}

std::string render_event(const ProgressModel& before, const ProgressEvent& event, util::Millis now,
                         const Style& style) {
  return std::visit(Render{before, now, style}, event);
}

std::optional<util::Millis> time_left(const ProgressModel& model, util::Millis now) {
  static constexpr std::size_t kEnough = 3;
  const bool all_made = model.kernels_done >= model.kernels;
  if (all_made ? model.ran < kEnough : model.kernels_done == 0) return std::nullopt;
  const auto of = [](util::Millis took, std::size_t times, std::size_t for_each) {
    return took * static_cast<std::int64_t>(times) / static_cast<std::int64_t>(for_each);
  };
  util::Millis left{0};
  if (!all_made) left = of(now, model.kernels - model.kernels_done, model.kernels_done);
  if (model.ran >= kEnough)
    left = std::max(left, of(now - *model.first_start, model.total - model.done, model.ran));
  return left;
}

static std::string totals(const ProgressModel& model, util::Millis now) {
  std::string text =
      fmt::format("{}/{} cells, {} running", model.done, model.total, model.running.size());
  if (model.kernels_done < model.kernels)
    text += fmt::format(", {}/{} kernels", model.kernels_done, model.kernels);
  text += fmt::format(", {} elapsed", util::format_duration(now));
  if (model.unexpected > 0) text += fmt::format(", {} unexpected", model.unexpected);
  const auto left = time_left(model, now);
  if (left && model.done < model.total)
    text += fmt::format(", about {} left",
                        util::format_duration(std::chrono::floor<std::chrono::seconds>(*left)));
  return text;
}

// What is being made comes first: there are few of them, and the rest waits for them.
static std::vector<std::string> lines_of(const ProgressModel& model, util::Millis now) {
  std::vector<std::string> lines;
  for (const auto& kernel : model.making)
    lines.push_back(fmt::format("  kernel {}  {} ({})", kernel.kernel, printable(kernel.what),
                                util::format_duration(now - kernel.started)));
  for (const auto& cell : model.running)
    lines.push_back(fmt::format("  {}  {} {} ({})", cell.id, name_phase(cell.phase, cell.level),
                                util::format_duration(now - cell.phase_started),
                                util::format_duration(now - cell.started)));
  return lines;
}

std::string render_block(const ProgressModel& model, util::Millis now, const Style& style) {
  // One column short: a full line would wrap on some terminals.
  const std::size_t width = style.width > 1 ? style.width - 1 : 1;
  // The cursor stands below the block, and what has scrolled away cannot be erased.
  const std::size_t room = style.height > 3 ? style.height - 2 : 1;
  const auto lines = lines_of(model, now);
  const std::size_t shown = lines.size() <= room ? lines.size() : room - 1;
  std::string out = shorten(totals(model, now), width) + "\n";
  for (std::size_t i = 0; i < shown; ++i)
    out += shorten(lines[i], width) + "\n";
  if (shown < lines.size())
    out += shorten(fmt::format("  and {} more", lines.size() - shown), width) + "\n";
  return out;
}

}  // namespace kproof::report
