#include "console/kmsg_analyzer.hpp"

#include "console/line.hpp"
#include "console/tracker.hpp"

namespace kproof::console {

class KmsgAnalyzer::Impl {
 public:
  explicit Impl(Options options) : options_(std::move(options)), tracker_(options_) {}

  void feed(std::string_view bytes) {
    assembler_.feed(bytes, [this](std::string_view lines) { block(lines); });
  }
  void finish() {
    assembler_.finish([this](std::string_view lines) { block(lines); });
    tracker_.close_all();
  }

  const Tracker& tracker() const { return tracker_; }
  const UserRecords& user_records() const { return user_records_; }
  std::size_t lost() const { return lost_; }
  std::size_t malformed() const { return malformed_; }
  std::uint64_t first_seq() const { return first_seq_.value_or(0); }

 private:
  void block(std::string_view block);
  void record_line(std::string_view raw);
  void text_lines(const KmsgRecord& record);

  const Options options_;
  Tracker tracker_;
  LineAssembler assembler_;
  UserRecords user_records_;
  std::size_t lines_ = 0;
  std::uint64_t next_seq_ = 0;
  std::optional<std::uint64_t> first_seq_;
  std::size_t lost_ = 0, malformed_ = 0;
};

void KmsgAnalyzer::Impl::block(std::string_view block) {
  while (!block.empty()) {
    const std::size_t newline = block.find('\n');
    const std::string_view raw = block.substr(0, newline);
    ++lines_;
    tracker_.set_lines(lines_);
    if (!raw.starts_with(' ')) record_line(raw);  // " KEY=value" goes on with the record above
    if (newline == block.npos) return;
    block.remove_prefix(newline + 1);
  }
}

void KmsgAnalyzer::Impl::record_line(std::string_view raw) {
  const std::optional<KmsgRecord> record = parse_kmsg(raw);
  if (!record) {
    ++malformed_;
    return;
  }
  if (!first_seq_) first_seq_ = record->seq;
  if (record->seq > next_seq_) lost_ += record->seq - next_seq_;
  next_seq_ = std::max(next_seq_, record->seq + 1);
  if (!record->from_kernel()) user_records_.add(*record);
  text_lines(*record);
}

void KmsgAnalyzer::Impl::text_lines(const KmsgRecord& record) {
  const std::string text = clean(record.text);
  for (std::size_t pos = 0; pos <= text.size();) {
    const std::size_t end = std::min(text.find('\n', pos), text.size());
    Line line;
    line.number = lines_;
    line.usec = record.usec;
    line.caller = record.caller;
    line.raw = line.text = std::string_view(text).substr(pos, end - pos);
    line.from_user = !record.from_kernel();
    tracker_.line(line);
    pos = end + 1;
  }
}

KmsgAnalyzer::KmsgAnalyzer(Options options) : impl_(std::make_unique<Impl>(std::move(options))) {}
KmsgAnalyzer::KmsgAnalyzer(KmsgAnalyzer&&) noexcept = default;
KmsgAnalyzer& KmsgAnalyzer::operator=(KmsgAnalyzer&&) noexcept = default;
KmsgAnalyzer::~KmsgAnalyzer() = default;

void KmsgAnalyzer::feed(std::string_view bytes) {
  impl_->feed(bytes);
}

void KmsgAnalyzer::finish() {
  impl_->finish();
}

std::vector<model::Finding> KmsgAnalyzer::findings() const {
  return impl_->tracker().findings();
}

Facts KmsgAnalyzer::facts() const {
  return impl_->tracker().facts();
}

const UserRecords& KmsgAnalyzer::user_records() const {
  return impl_->user_records();
}

std::size_t KmsgAnalyzer::lost() const {
  return impl_->lost();
}

std::size_t KmsgAnalyzer::malformed() const {
  return impl_->malformed();
}

std::uint64_t KmsgAnalyzer::first_seq() const {
  return impl_->first_seq();
}

}  // namespace kproof::console
