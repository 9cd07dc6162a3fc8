#pragma once

#include <filesystem>
#include <string_view>

#include "base/error.h"
#include "base/folder_mark.h"

namespace quantrail {

/// A folder of this process's own in the system's place for such (TMPDIR), which goes with it; where the process is
/// killed, with the next of its kind that is made a day later.
class TemporaryFolder {
 public:
  /// `what`: the name's beginning. Errors: Storage, naming the place and the reason.
  [[nodiscard]] static Result<TemporaryFolder> made(std::string_view what);
  ~TemporaryFolder() { remove(); }
  TemporaryFolder(TemporaryFolder&& other) noexcept;
  TemporaryFolder& operator=(TemporaryFolder&& other) noexcept;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  explicit TemporaryFolder(std::filesystem::path path) : path_(std::move(path)), mark_(path_) {}
  void remove();

  std::filesystem::path path_;
  FolderMark mark_;
};

}  // namespace quantrail
