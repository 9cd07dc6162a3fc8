#include "app/export_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string_view>

#include "app/commands.h"
#include "app/exit_code.h"
#include "app/fusion.h"
#include "app/iteration_model.h"
#include "app/records_json.h"
#include "app/verify_export.h"
#include "base/decimals.h"
#include "base/files.h"

namespace quantrail::app {
namespace {

namespace fs = std::filesystem;

/// A file that has not got its name yet; gone again unless keep() gave it one.
class Unnamed {
 public:
  explicit Unnamed(const fs::path& wanted) : wanted_(wanted), path_(wanted) { path_ += ".unverified"; }
  ~Unnamed() {
    std::error_code ignored;
    fs::remove(path_, ignored);
  }
  Unnamed(const Unnamed&) = delete;
  Unnamed& operator=(const Unnamed&) = delete;

  [[nodiscard]] const fs::path& path() const { return path_; }
  Status keep() {
    std::error_code failure;
    fs::rename(path_, wanted_, failure);
    if (failure) return fail(Cause::Storage, "{}: {}", wanted_.string(), failure.message());
    return {};
  }

 private:
  fs::path wanted_;
  fs::path path_;
};

/// Returns the sentence of verified().
Result<std::string> written_and_verified(const NamedIteration& named, const IterationModel& model,
                                         ExportProfile profile, const fs::path& path, std::string_view bytes) {
  std::error_code ignored;
  if (fs::exists(path, ignored) && !fs::is_regular_file(path, ignored)) {
    return fail(Cause::InvalidInput, "{}: is not a file; name a file to write", path.string());
  }
  Unnamed file(path);
  if (auto written = write_file(file.path(), bytes); !written) return failed(written);
  auto told = verified(named.run.store, model, profile, file.path());
  if (!told) return fail(Cause::Backend, "{}: not written: {}", path.string(), told.error().message);
  if (auto kept = file.keep(); !kept) return failed(kept);
  return told;
}

/// Whether the file is empty, or begins as onnx_bytes() begins: with the version of its format and who made it.
bool is_export(const fs::path& path) {
  std::array<char, 16> start{};
  std::ifstream file(path, std::ios::binary);
  file.read(start.data(), start.size());
  const std::string_view read(start.data(), static_cast<std::size_t>(file.gcount()));
  return read.empty() || read.find("quantrail") != std::string_view::npos;
}

fs::path sidecar_of(fs::path path) { return path += ".json"; }

bool is_sidecar(const fs::path& path) {
  std::error_code failure;
  if (!fs::is_regular_file(path, failure)) return false;
  const auto text = read_file(path);
  if (!text) return false;
  const auto record = nlohmann::json::parse(*text, nullptr, false);
  return record.is_object() && record.contains("run") && record.contains("model_hash") && record.contains("iteration");
}

/// Before anything is written.
Status check_sidecar_target(const fs::path& beside, bool replace) {
  std::error_code not_there;
  if (!fs::exists(beside, not_there)) return {};
  if (!fs::is_regular_file(beside, not_there))
    return fail(Cause::InvalidInput, "{}: is where --sidecar writes, and is not a file", beside.string());
  if (replace || is_sidecar(beside)) return {};
  return fail(Cause::InvalidInput,
              "{}: is where --sidecar writes, is there already, and was not written beside an export; --force "
              "replaces it",
              beside.string());
}

/// The record beside the model: written where one is asked for; one of the model that was there before goes.
Status put_sidecar(const NamedIteration& named, const ExportCommand& command, std::vector<std::string>& notes) {
  const fs::path beside = sidecar_of(command.output);
  if (command.sidecar) return write_file(beside, sidecar_json(named.details, named.iteration) + "\n");
  if (!is_sidecar(beside)) return {};
  std::error_code failure;
  fs::remove(beside, failure);
  if (failure) return fail(Cause::Storage, "{}: {}", beside.string(), failure.message());
  notes.push_back(fmt::format("{}: removed, it was about the model that was there before; --sidecar writes a new one",
                              beside.string()));
  return {};
}

std::string sentence(const NamedIteration& named, const fs::path& path, std::size_t bytes) {
  const std::string drop = named.iteration.drops.empty() ? "not measured" : "drop " + decimals(named.iteration.drop);
  return fmt::format("{}: iteration {} of run {}, {:.2f} MiB, {}", path.string(), named.iteration.index, named.run.id,
                     static_cast<double>(bytes) / 1048576.0, drop);
}

}  // namespace

Status check_export_target(const NamedIteration& named, const fs::path& path, bool replace) {
  std::error_code not_there;
  if (path.empty()) return fail(Cause::InvalidInput, "export: the name of the file to write is empty");
  const fs::path store = fs::weakly_canonical(named.run.store.folder(), not_there);
  const fs::path target = fs::weakly_canonical(fs::absolute(path, not_there), not_there);
  if (std::mismatch(store.begin(), store.end(), target.begin(), target.end()).first == store.end()) {
    return fail(Cause::InvalidInput, "{}: lies in the experiment store, which keeps its own files; name another folder",
                path.string());
  }
  if (fs::equivalent(path, named.details.model_path, not_there)) {
    return fail(Cause::InvalidInput, "{}: is the model that run {} began with; name another file", path.string(),
                named.run.id);
  }
  if (replace || !fs::is_regular_file(path, not_there) || is_export(path)) return {};
  return fail(Cause::InvalidInput, "{}: is there already, and is no model that was exported here; --force replaces it",
              path.string());
}

Result<Exported> exported_to(const Options& options, const ExportCommand& command) {
  const auto named = named_iteration(options, command.target);
  if (!named) return failed(named);
  const fs::path path = command.output;
  if (auto free = check_export_target(*named, path, command.force); !free) return failed(free);
  if (command.sidecar) {
    if (auto free = check_sidecar_target(sidecar_of(path), command.force); !free) return failed(free);
  }
  const auto model = iteration_model(*named);
  if (!model) return failed(model);
  const auto file = file_of(*model, command.profile);
  if (!file) return failed(file);

  Exported told{sentence(*named, path, file->bytes.size()), {}};
  if (command.verify) {
    auto checked = written_and_verified(*named, *model, command.profile, path, file->bytes);
    if (!checked) return failed(checked);
    told.notes.push_back(std::move(*checked));
  } else if (auto written = write_file(path, file->bytes); !written) {
    return failed(written);
  }
  if (auto put = put_sidecar(*named, command, told.notes); !put) return failed(put);
  if (command.profile == ExportProfile::OpenVino) {
    told.notes.emplace_back("the profile openvino is unverified: nobody has run its files in OpenVINO yet");
  }
  told.notes.push_back(fusion_summary(fusion_of(*model, command.profile), command.profile));
  return told;
}

int run(const Options& options, const ExportCommand& command) {
  const auto told = exported_to(options, command);
  if (!told) {
    // A target that cannot be written is the user's to mend.
    const Cause cause = told.error().cause == Cause::Storage && !fs::exists(fs::absolute(command.output).parent_path())
                            ? Cause::InvalidInput
                            : told.error().cause;
    return complained({cause, told.error().message});
  }
  fmt::print("{}\n", told->sentence);
  for (const auto& note : told->notes) fmt::print("{}\n", note);
  return kDone;
}

}  // namespace quantrail::app
