#include "console/analyzer.hpp"

#include <algorithm>
#include <cstring>

#include "console/line.hpp"
#include "console/shape.hpp"
#include "console/trace_lines.hpp"
#include "console/tracker.hpp"

namespace kproof::console {

class Analyzer::Impl {
 public:
  explicit Impl(Options options) : options_(std::move(options)), tracker_(options_) {}

  void feed(std::string_view bytes);
  void finish();
  const Tracker& tracker() const { return tracker_; }

 private:
  void block(std::string_view block);
  void slice(std::string_view block);
  void pass_over(std::string_view lines);
  std::size_t one_line(std::string_view rest);
  void analyze(std::string_view raw);
  std::size_t foreign_prefix(std::string_view text);
  void note_stamp(std::uint64_t usec, std::string_view line);
  void remember(std::string_view line);

  static constexpr std::size_t kBefore = 200;
  const Options options_;
  Tracker tracker_;
  LineAssembler assembler_;
  std::size_t lines_ = 0;  // '\n' passed
  bool mid_line_ = false;  // the bytes before ended without '\n'
  bool stamped_ = false;   // a time stamp was seen
  std::size_t inset_ = 0;  // of the line that had it
  std::string before_;     // the line before, as far as kBefore, where the log may be anyone's
  std::vector<std::size_t> suspects_;
  std::string clean_;
  Shape shape_;
};

void Analyzer::Impl::feed(std::string_view bytes) {
  assembler_.feed(bytes, [this](std::string_view lines) { block(lines); });
}

void Analyzer::Impl::finish() {
  assembler_.finish([this](std::string_view lines) { block(lines); });
  tracker_.close_all();
}

// Slices bound the list of suspects; they end where lines do, or where a long line is cut anyway.
void Analyzer::Impl::block(std::string_view block) {
  constexpr std::size_t kSlice = 32 * kMaxLine;
  while (block.size() > kSlice + 1) {
    const std::size_t newline = block.rfind('\n', kSlice);
    const std::size_t size = newline == block.npos ? kSlice : newline + 1;
    slice(block.substr(0, size));
    block.remove_prefix(size);
  }
  if (!block.empty()) slice(block);
}

// Only lines with a suspect are looked at, and those that go on with a report.
void Analyzer::Impl::slice(std::string_view slice) {
  suspects_.clear();
  tracker_.matcher().suspects(slice, suspects_);
  auto suspect = suspects_.begin();
  for (std::size_t pos = 0; pos < slice.size();) {
    if (!tracker_.wants_line()) {
      suspect = std::lower_bound(suspect, suspects_.end(), pos);
      const std::size_t hit = suspect == suspects_.end() ? slice.size() : *suspect;
      const std::size_t newline = hit == pos ? slice.npos : slice.rfind('\n', hit - 1);
      const bool same_line = newline == slice.npos || newline < pos;
      std::size_t start = hit == slice.size() ? hit : same_line ? pos : newline + 1;
      start += hit == slice.size() ? 0 : (hit - start) / kMaxLine * kMaxLine;
      pass_over(slice.substr(pos, start - pos));
      pos = start;
      if (pos == slice.size()) break;
    }
    pos += one_line(slice.substr(pos));
  }
}

// In blocks of a fixed size, which the compiler makes vectors of at -O2, too: a ninth of the time
// of `kproof analyze` on a boot's lines otherwise.
static std::size_t count_newlines(std::string_view bytes) {
  constexpr std::size_t kBlock = 64;
  std::size_t count = 0;
  for (; bytes.size() >= kBlock; bytes.remove_prefix(kBlock)) {
    unsigned char in_block = 0;
    for (std::size_t i = 0; i < kBlock; ++i)
      in_block = static_cast<unsigned char>(in_block + (bytes[i] == '\n'));
    count += in_block;
  }
  return count + static_cast<std::size_t>(std::ranges::count(bytes, '\n'));
}

void Analyzer::Impl::pass_over(std::string_view lines) {
  if (lines.empty()) return;
  lines_ += count_newlines(lines);
  mid_line_ = lines.back() != '\n';
  tracker_.set_lines(lines_ + (mid_line_ ? 1 : 0));
  const std::string_view whole = lines.substr(0, lines.size() - (mid_line_ ? 0 : 1));
  remember(whole.substr(whole.rfind('\n') + 1));
  if (stamped_) return;
  if (const auto stamp = first_timestamp(lines)) {
    const std::size_t before = lines.rfind('\n', stamp->at);
    note_stamp(stamp->usec, lines.substr(before == lines.npos ? 0 : before + 1));
  }
}

// `line`: and what is behind it.
void Analyzer::Impl::note_stamp(std::uint64_t usec, std::string_view line) {
  stamped_ = true;
  inset_ = inset_of(line);
  tracker_.note_first_stamp(usec, line);
}

void Analyzer::Impl::remember(std::string_view line) {
  if (options_.stamps == Stamps::automatic) before_.assign(line.substr(0, kBefore));
}

std::size_t Analyzer::Impl::one_line(std::string_view rest) {
  const std::size_t newline = rest.substr(0, kMaxLine + 1).find('\n');
  const std::size_t length = newline == rest.npos ? std::min(rest.size(), kMaxLine) : newline;
  const std::size_t taken = length + (newline == rest.npos ? 0 : 1);
  tracker_.set_lines(lines_ + 1);
  analyze(rest.substr(0, length));
  mid_line_ = newline == rest.npos;
  if (!mid_line_) ++lines_;
  return taken;
}

// Where the log may be anyone's, a banner and the lines of a report show what stands in front of
// them.
std::size_t Analyzer::Impl::foreign_prefix(std::string_view text) {
  if (options_.stamps == Stamps::required) return 0;
  const std::size_t known = shape_.prefix_of(text);
  if (known != 0) return known;
  if (shape_.learn_of_banner(text)) return shape_.prefix_of(text);
  // Its reason may be a line of any report, and what stands in front of that is no prefix.
  if (!tracker_.reading_report() || says_panic(text) || !shape_.learn(text)) return 0;
  tracker_.strip(shape_);
  return shape_.prefix_of(text);
}

void Analyzer::Impl::analyze(std::string_view raw) {
  clean_.clear();
  clean(raw, clean_);
  const bool ours = options_.stamps == Stamps::required;
  const Prefix prefix = ours ? parse_prefix(clean_) : parse_any_prefix(clean_);
  Line line;
  line.number = lines_ + 1;
  line.usec = prefix.usec;
  line.caller = prefix.caller;
  line.text = std::string_view(clean_).substr(prefix.size);
  line.text.remove_suffix(prefix.tail);
  line.text.remove_prefix(foreign_prefix(line.text));
  line.raw = clean_;
  line.marked = prefix.marked;
  // On a console whose kernel gives its lines time stamps a text that is set in is a quotation.
  const bool set_in = stamped_ && inset_of(clean_) > inset_ + 1;
  line.trusted = prefix.usec || (!ours && (prefix.marked || !set_in));
  line.shown = line.text.starts_with(interest::kBanner) && shows_a_log(before_);
  line.doubtful = stamped_ && !prefix.marked;
  line.stored = prefix.stored;
  line.from_user = prefix.program || (prefix.usec && options_.from_user &&
                                      options_.from_user(*prefix.usec, line.text));
  if (prefix.usec && !stamped_) note_stamp(*prefix.usec, clean_);
  tracker_.line(line);
  remember(clean_);
}

Analyzer::Analyzer(Options options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Analyzer::Analyzer(Analyzer&&) noexcept = default;
Analyzer& Analyzer::operator=(Analyzer&&) noexcept = default;
Analyzer::~Analyzer() = default;

void Analyzer::feed(std::string_view bytes) {
  impl_->feed(bytes);
}

void Analyzer::finish() {
  impl_->finish();
}

std::vector<model::Finding> Analyzer::findings() const {
  return impl_->tracker().findings();
}

Facts Analyzer::facts() const {
  return impl_->tracker().facts();
}

}  // namespace kproof::console
