#include "tracking/kept_models.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

#include "base/fail_point.h"
#include "tracking/durable_copy.h"
#include "tracking/store_create.h"

namespace quantrail::tracking {
namespace {

namespace fs = std::filesystem;

constexpr const char* kModelFile = "model.onnx";

fs::path folder_of(const Store& store, const Digest& hash) { return store.models() / hash.hex(); }

/// A cheap look; the content is checked when the model is used.
bool is_complete(const fs::path& folder, const Model& model) {
  std::error_code error;
  std::uint64_t bytes = fs::file_size(folder / kModelFile, error);
  if (error) return false;
  for (const auto& file : model.external_files) {
    bytes += fs::file_size(folder / file, error);
    if (error) return false;
  }
  return bytes == model.bytes;
}

Status copy_model(const Model& model, const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return fail(Cause::Storage, "{}: {}", folder.string(), error.message());
  if (auto copied = copy_durably(model.path, folder / kModelFile); !copied) return copied;
  for (const auto& file : model.external_files) {
    const auto target = folder / file;
    fs::create_directories(target.parent_path(), error);
    if (error) return fail(Cause::Storage, "{}: {}", target.parent_path().string(), error.message());
    if (auto copied = copy_durably(model.path.parent_path() / file, target); !copied) return copied;
    sync_folder(target.parent_path());
  }
  sync_folder(folder);
  return {};
}

Status check_copy(const Model& model, const fs::path& folder) {
  const auto copy = load_model(folder / kModelFile);
  if (copy && copy->hash == model.hash) return {};
  return fail(Cause::InvalidInput, "{}: the file changed while it was copied; start again", model.path.string());
}

Status move_into_place(const fs::path& from, const fs::path& to) {
  if (::rename(from.c_str(), to.c_str()) == 0) {
    sync_folder(to.parent_path());
    return {};
  }
  // Another run may have kept the same model meanwhile.
  if (errno == ENOTEMPTY || errno == EEXIST) return {};
  return fail(Cause::Storage, "{}: {}", to.string(), std::strerror(errno));
}

}  // namespace

Result<bool> keep_model(const Store& store, const Model& model, std::uint64_t largest) {
  if (model.bytes > largest) return false;
  const auto kept = folder_of(store, model.hash);
  if (is_complete(kept, model)) return true;
  const auto half_made = store.models() / fmt::format(".new-{}", random_id());
  std::error_code ignored;
  auto done = copy_model(model, half_made);
  if (done) done = check_copy(model, half_made);
  if (done) {
    fail_point("model_copied");
    fs::remove_all(kept, ignored);  // incomplete, or not there
    done = move_into_place(half_made, kept);
    fail_point("model_kept");
  }
  fs::remove_all(half_made, ignored);
  if (!done) return failed(done);
  return true;
}

KeptCopy kept_copy(const Store& store, const Digest& hash) {
  std::error_code error;
  if (!fs::exists(folder_of(store, hash), error)) return KeptCopy::Missing;
  const auto kept = load_model(folder_of(store, hash) / kModelFile);
  return kept && kept->hash == hash ? KeptCopy::Whole : KeptCopy::Damaged;
}

Result<bool> renew_kept_model(const Store& store, const Model& model) {
  std::error_code error;
  if (kept_copy(store, model.hash) == KeptCopy::Damaged) fs::remove_all(folder_of(store, model.hash), error);
  if (error) return fail(Cause::Storage, "{}: {}", folder_of(store, model.hash).string(), error.message());
  return keep_model(store, model);
}

Result<Model> base_model(const Store& store, const Digest& hash, const fs::path& original) {
  const auto kept_path = folder_of(store, hash) / kModelFile;
  auto kept = load_model(kept_path);
  if (kept && kept->hash == hash) return kept;
  auto found = load_model(original);
  if (found && found->hash == hash) return found;
  const std::string kept_is = kept ? "has other content" : kept.error().message;
  const std::string found_is = found ? fmt::format("{}: has other content", original.string()) : found.error().message;
  return fail(
      Cause::InvalidInput,
      "the base model {} is nowhere: the kept copy {} ({}); the original: {}; `quantrail relink RUN FILE` tells where "
      "it is",
      hash.hex().substr(0, 12), kept_path.string(), kept_is, found_is);
}

}  // namespace quantrail::tracking
