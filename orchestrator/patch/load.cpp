#include "patch/load.hpp"

#include <algorithm>
#include <fstream>

#include <fmt/format.h>

#include "util/error.hpp"
#include "util/files.hpp"
#include "util/git.hpp"
#include "util/subprocess.hpp"
#include "util/text.hpp"

namespace kproof::patch {
namespace fs = std::filesystem;

static util::CommandResult git(std::vector<std::string> argv) {
  // The repository's settings must not change what a patch looks like.
  argv.insert(argv.begin(), {"git", "-c", "diff.noprefix=false", "-c", "diff.mnemonicPrefix=false",
                             "-c", "format.subjectPrefix=PATCH"});
  util::Command command = util::git_command(std::move(argv));
  command.output_limit = 512u << 20;
  return util::run(command);
}

static std::string subject_in(const std::string& info) {
  const std::size_t at = info.find("Subject: ");
  return at == std::string::npos ? "" : info.substr(at + 9, info.find('\n', at) - at - 9);
}

// git decodes what mail does to a patch: base64, quoted-printable, folded and encoded headers. It
// reads the mail from its stdin, hence the shell. A blank line ends the diff, as it does in a
// mailbox but behind its last mail: the same patch is the same text wherever it stands.
static Letter read_mail(const fs::path& mail, const fs::path& scratch, std::string origin) {
  const fs::path message = scratch / "message", diff = scratch / "diff";
  util::Command command =
      util::git_command({"sh", "-c", R"(exec git mailinfo --no-scissors -k "$1" "$2" <"$3")",
                         "mailinfo", message.string(), diff.string(), fs::absolute(mail).string()});
  command.directory = scratch;  // a broken repository around ours would end it
  const auto result = util::run(command);
  if (!result.ok())
    throw ConfigError(fmt::format("{} is no mail that git can read: {}", origin, result.err));
  return {subject_in(result.out),
          util::read_file(message) + util::chomp(util::read_file(diff)) + "\n\n",
          std::move(origin)};
}

static bool starts_with(const fs::path& path, std::string_view head) {
  std::ifstream in(path, std::ios::binary);
  std::string start(head.size(), '\0');
  return in.read(start.data(), static_cast<std::streamsize>(start.size())) && start == head;
}

// lore.kernel.org says so by the sender of its From lines: there ">From " is a quoted "From ".
static std::vector<std::string> split_command(const fs::path& mailbox, const fs::path& directory) {
  std::vector<std::string> argv{"mailsplit", "-o" + directory.string()};
  if (starts_with(mailbox, "From mboxrd@z")) argv.emplace_back("--mboxrd");
  argv.push_back(mailbox.string());
  return argv;
}

// The Subject of headers, unfolded; "" without one.
static std::string subject_line(const std::string& text) {
  constexpr std::string_view kHeader = "Subject: ";
  std::size_t at = text.starts_with(kHeader) ? 0 : text.find("\nSubject: ");
  if (at == std::string::npos) return "";
  at = text.find(kHeader, at) + kHeader.size();
  std::string subject;
  for (;;) {
    const std::size_t end = text.find('\n', at);
    subject += text.substr(at, end - at);
    if (end == std::string::npos || text.compare(end + 1, 1, " ") != 0) return subject;
    at = end + 1;  // the fold is a space
  }
}

// As `git am` does it: where the lines that name files end in CR LF, a mailer made all others so
// too.
static std::string as_unix(const std::string& text) {
  const std::size_t names = text.find("+++ ");
  const std::size_t end = names == text.npos ? text.npos : text.find('\n', names);
  if (end == text.npos || text[end - 1] != '\r') return text;
  std::string unix_text;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] != '\r' || text[i + 1] != '\n') unix_text += text[i];  // a string ends in NUL
  return unix_text;
}

// A plain diff, perhaps with headers as git format-patch and quilt write them.
static Patch read_patch(const fs::path& path, int strip) {
  const std::string text = as_unix(util::read_file(path));
  const std::string subject = subject_line(text);
  Patch patch{.name = path.filename().string(),
              .diff = text,
              .strip = strip,
              .files = touched_files(text, strip)};
  patch.title = subject.empty() ? patch.name : parse_subject(subject).title;
  if (!subject.empty()) patch.name += fmt::format(" ({})", patch.title);
  if (patch.files.empty()) throw ConfigError(fmt::format("{} holds no diff", path.string()));
  return patch;
}

static std::vector<Patch> read_mailbox(const fs::path& path, const std::string& name) {
  const util::ScratchDir mails("kproof-mails"), scratch("kproof-mail");
  const auto split = git(split_command(path, mails.path()));
  if (!split.ok()) throw ConfigError(fmt::format("{} is no mailbox: {}", name, split.err));
  std::vector<fs::path> files;
  for (const auto& mail : fs::directory_iterator(mails.path()))
    files.push_back(mail.path());
  std::sort(files.begin(), files.end());
  // One file of a series, named alone: not a series with gaps.
  if (files.size() == 1 && path.extension() == ".patch") return {read_patch(path, 1)};
  std::vector<Letter> letters;
  letters.reserve(files.size());
  for (const fs::path& mail : files)
    letters.push_back(
        read_mail(mail, scratch.path(), fmt::format("{}, mail {}", name, letters.size() + 1)));
  return order(std::move(letters), name);
}

// lore gives threads as t.mbox.gz.
static fs::path decompressed(const fs::path& path, const fs::path& scratch) {
  if (!starts_with(path, "\x1f\x8b")) return path;
  const auto text =
      util::run({.argv = {"gzip", "-dc", path.string()}, .output_limit = std::size_t{512} << 20});
  if (!text.ok())
    throw ConfigError(fmt::format("{} is damaged: {}", path.string(), util::chomp(text.err)));
  util::write_file_atomically(scratch / path.stem(), text.out);
  return scratch / path.stem();
}

static std::vector<Patch> read_series(const fs::path& series) {
  std::vector<Patch> patches;
  for (const auto& entry : parse_series(util::read_file(series), series.string())) {
    const fs::path file = series.parent_path() / entry.file;
    if (!fs::is_regular_file(file))
      throw ConfigError(
          fmt::format("{}:{}: there is no {}", series.string(), entry.line, file.string()));
    patches.push_back(read_patch(file, entry.strip));
  }
  if (patches.empty()) throw ConfigError(fmt::format("{} names no patch", series.string()));
  return patches;
}

static std::vector<Patch> read_directory(const fs::path& directory) {
  if (fs::exists(directory / "series")) return read_series(directory / "series");
  std::vector<std::string> names;
  for (const auto& file : fs::directory_iterator(directory))
    if (const auto type = file.path().extension(); type == ".patch" || type == ".diff")
      names.push_back(file.path().filename().string());
  std::sort(names.begin(), names.end());
  if (names.empty())
    throw ConfigError(
        fmt::format("{} holds no *.patch, no *.diff and no series", directory.string()));
  if (const unsigned missing = missing_number(names))
    throw ConfigError(fmt::format("{}: the series has a gap: patch {:04} is not there",
                                  directory.string(), missing));
  std::vector<Patch> patches;
  for (const std::string& name : names)
    if (!name.starts_with("0000-")) patches.push_back(read_patch(directory / name, 1));
  return patches;
}

std::vector<Patch> load(const fs::path& path) {
  if (!fs::exists(path))
    throw ConfigError(fmt::format("{} does not exist", path.string()),
                      "name a directory, a quilt series, a mailbox or a patch; a range of commits "
                      "needs a git tree as the source");
  if (fs::is_directory(path)) return read_directory(path);
  if (path.filename() == "series") return read_series(path);
  const util::ScratchDir scratch("kproof-patches");
  const fs::path file = decompressed(path, scratch.path());
  if (starts_with(file, "From ")) return read_mailbox(file, path.string());
  return {read_patch(file, 1)};
}

std::vector<Patch> load_range(const fs::path& repository, const std::string& range) {
  const std::string where = fmt::format("{} in {}", range, repository.string());
  const std::string tree = repository.string();
  const auto merges =
      git({"-C", tree, "rev-list", "--merges", "--count", "--end-of-options", range, "--"});
  if (!merges.ok())
    throw ConfigError(fmt::format("git knows no range {}:\n{}", where, util::chomp(merges.err)),
                      fs::exists(repository / ".git/shallow")
                          ? "this is a shallow clone: `git fetch --unshallow`"
                          : "");
  if (merges.out != "0\n")
    throw ConfigError(fmt::format("{} holds merges, which are no patches", where),
                      "rebase it, or make that revision the source");
  const util::ScratchDir scratch("kproof-range");
  const auto made =
      git({"-C", tree, "format-patch", "--no-signature", "--numbered", "--binary", "--no-attach",
           "-U3", "--no-cover-letter", "--no-ext-diff", "--stdout", "--end-of-options", range});
  if (!made.ok())
    throw ConfigError(fmt::format("git cannot format {}:\n{}", where, util::chomp(made.err)));
  if (made.out.empty()) throw ConfigError(fmt::format("{} holds no commit", where));
  util::write_file_atomically(scratch.path() / "range.mbox", made.out);
  return read_mailbox(scratch.path() / "range.mbox", where);
}

}  // namespace kproof::patch
