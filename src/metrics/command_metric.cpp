#include "metrics/command_metric.h"

#include <cmath>
#include <mutex>
#include <nlohmann/json.hpp>

#include "base/coprocess.h"
#include "base/hash.h"
#include "base/process.h"
#include "base/temporary_folder.h"
#include "base/text.h"
#include "metrics/npy_writer.h"
#include "metrics/output_values.h"

namespace quantrail {
namespace {

namespace fs = std::filesystem;

/// One started program.
struct Scorer {
  std::unique_ptr<Coprocess> program{};
  TemporaryFolder folder;
};

template <class T>
Status write_number(const fs::path& path, T value) {
  return write_npy(path, {kElementType<T>, {}, std::as_bytes(std::span(&value, 1))});
}

Status write_sample(const fs::path& folder, std::span<const OutputView> outputs, const Truth& truth) {
  for (std::size_t at = 0; at < outputs.size(); ++at) {
    if (auto ok = write_npy(folder / fmt::format("output_{}.npy", at), outputs[at]); !ok) return ok;
  }
  if (auto ok = write_number(folder / "sample.npy", static_cast<std::int64_t>(truth.sample)); !ok) return ok;
  if (truth.label) {
    if (auto ok = write_number(folder / "label.npy", *truth.label); !ok) return ok;
  }
  if (truth.target == nullptr) return {};
  return write_npy(folder / "target.npy", {truth.target->type, truth.target->shape, truth.target->bytes});
}

/// The number that an answer holds.
Result<double> value_of(const std::string& answer) {
  const auto json = nlohmann::json::parse(answer, nullptr, false);
  const auto& value = json.is_object() && json.contains("value") ? json.at("value") : json;
  if (value.is_number() && std::isfinite(value.get<double>())) return value.get<double>();
  if (value.is_boolean()) return value.get<bool>() ? 1.0 : 0.0;
  return fail(Cause::Backend, "answered {:.80}, a JSON number or {{\"value\": number}} is needed", printable(answer));
}

/// The words of a shell command, quotes taken away; what stands between its signs counts as a word.
std::vector<std::string> words_of(const std::string& command) {
  std::vector<std::string> words{""};
  char quote = '\0';
  for (std::size_t at = 0; at < command.size(); ++at) {
    const char c = command[at];
    if (quote == '\0' ? c == '\'' || c == '"' : c == quote)
      quote = quote == '\0' ? c : '\0';
    else if (c == '\\' && quote != '\'' && at + 1 < command.size())
      words.back() += command[++at];
    else if (quote == '\0' && std::string_view(" \t\n;|&()<>").find(c) != std::string_view::npos)
      words.emplace_back();
    else
      words.back() += c;
  }
  std::erase(words, "");
  return words;
}

/// The files that the command's words name, then the others.
std::vector<fs::path> files_of(const MetricSpec& spec) {
  std::vector<fs::path> files;
  const auto add = [&](std::string_view word) {
    std::error_code failure;
    if (!word.empty() && fs::is_regular_file(spec.folder / word, failure)) files.push_back(spec.folder / word);
  };
  for (const auto& word : words_of(spec.run)) {
    add(word);
    if (const auto sign = word.find('='); sign != std::string::npos) add(std::string_view(word).substr(sign + 1));
  }
  files.insert(files.end(), spec.files.begin(), spec.files.end());
  return files;
}

Result<std::string> content_of(const std::vector<fs::path>& files) {
  Hasher hasher;
  for (const auto& file : files) {
    const auto digest = sha256_file(file);
    if (!digest) return failed(digest);
    hasher.add(*digest);
  }
  return hasher.finish().hex();
}

/// What changes whenever a file is written, or is another one.
struct Stamp {
  fs::file_time_type written{};
  std::uintmax_t bytes = 0;
  bool operator==(const Stamp&) const = default;
};

std::vector<Stamp> stamps_of(const std::vector<fs::path>& files) {
  std::vector<Stamp> stamps;
  for (const auto& file : files) {
    std::error_code gone;
    stamps.push_back({fs::last_write_time(file, gone), fs::file_size(file, gone)});
  }
  return stamps;
}

/// That it can be started; what its first word is worth is only known where that is a plain one.
Status startable(const MetricSpec& spec) {
  std::error_code failure;
  if (!fs::is_directory(spec.folder, failure))
    return fail(Cause::InvalidInput, "{}: no folder to run a program in", printable(spec.folder.string()));
  const std::string word = spec.run.substr(0, spec.run.find_first_of(" \t\n;|&()<>"));
  constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./+-";
  if (word.empty() || word.find_first_not_of(kPlain) != std::string::npos) return {};
  const auto child = started({.arguments = {"/bin/sh", "-c", "cd \"$0\" && command -v -- \"$1\" >/dev/null 2>&1",
                                            spec.folder.string(), word}});
  if (!child) return failed(child);
  if (awaited(*child) == 0) return {};
  return fail(Cause::InvalidInput, "{}: there is no program {} in {} or on the PATH", printable(spec.run), word,
              printable(spec.folder.string()));
}

class CommandMetric final : public Metric {
 public:
  CommandMetric(const MetricSpec& spec, std::vector<fs::path> files, std::vector<Stamp> stamps, std::string content)
      : spec_(spec),
        name_(spec.name.empty() ? default_name(spec) : spec.name),
        files_(std::move(files)),
        content_(std::move(content)),
        stamps_(std::move(stamps)) {}

  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] bool higher_is_better() const override { return spec_.higher_is_better; }
  [[nodiscard]] Judge judge() const override { return Judge::Command; }
  [[nodiscard]] std::string identity() const override {
    return fmt::format("command run={} content={}", spec_.run, content_);
  }
  [[nodiscard]] std::vector<fs::path> files() const override { return files_; }
  [[nodiscard]] Status accepts(std::span<const OutputView>, const Truth&) const override { return {}; }

  [[nodiscard]] Result<SampleScore> scored(std::span<const OutputView> outputs, const Truth& truth) const override {
    auto asked = taken();
    if (!asked) return failed(asked);
    if (auto ok = write_sample(asked->folder.path(), outputs, truth); !ok) return failed(ok);
    const auto answer = asked->program->asked(asked->folder.path().string(), spec_.timeout);
    if (!answer) return failed(answer, fmt::format("metric \"{}\"", printable(name_)));
    const auto value = value_of(*answer);
    if (!value) return failed(value, fmt::format("metric \"{}\": {}", printable(name_), printable(spec_.run)));
    // A program that was started since may have read the change.
    const std::scoped_lock lock(guard_);
    if (auto same = unchanged(); !same) return failed(same, fmt::format("metric \"{}\"", printable(name_)));
    idle_.push_back(std::move(*asked));
    return SampleScore{.value = *value};
  }
  [[nodiscard]] SampleScore of_sample(std::span<const OutputView> outputs, const Truth& truth) const override {
    return scored(outputs, truth).value();
  }
  [[nodiscard]] double aggregated(std::span<const SampleScore> scores) const override { return mean_value(scores); }

 private:
  /// Whether the files hold what they did, also where somebody has written them again. Precondition: guard_ is held.
  [[nodiscard]] Status unchanged() const {
    auto now = stamps_of(files_);
    if (now == stamps_) return {};
    const auto content = content_of(files_);
    if (!content) return failed(content);
    if (*content != content_) {
      std::size_t at = 0;
      while (at + 1 < now.size() && now[at] == stamps_[at]) ++at;
      return fail(Cause::InvalidInput, "{}: the file was changed while it was in use", printable(files_[at].string()));
    }
    stamps_ = std::move(now);
    return {};
  }

  /// One that nobody uses.
  [[nodiscard]] Result<Scorer> taken() const {
    {
      const std::scoped_lock lock(guard_);
      if (!idle_.empty()) {
        Scorer judge = std::move(idle_.back());
        idle_.pop_back();
        return judge;
      }
    }
    auto folder = TemporaryFolder::made("quantrail-metric");
    if (!folder) return failed(folder);
    auto program = Coprocess::start(spec_.run, spec_.folder);
    if (!program) return failed(program);
    return Scorer{std::move(*program), std::move(*folder)};
  }

  MetricSpec spec_;
  std::string name_;
  std::vector<fs::path> files_;
  std::string content_;
  mutable std::mutex guard_{};
  mutable std::vector<Stamp> stamps_;
  mutable std::vector<Scorer> idle_{};
};

}  // namespace

Result<std::unique_ptr<Metric>> make_command_metric(const MetricSpec& spec) {
  if (auto can = startable(spec); !can) return failed(can);
  auto files = files_of(spec);
  auto stamps = stamps_of(files);
  auto content = content_of(files);
  if (!content) return failed(content);
  return std::make_unique<CommandMetric>(spec, std::move(files), std::move(stamps), std::move(*content));
}

}  // namespace quantrail
