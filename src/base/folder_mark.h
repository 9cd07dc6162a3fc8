#pragma once

#include <filesystem>
#include <string_view>
#include <utility>

namespace quantrail {

/// A file in a folder that says whose it is: locked for as long as this process lives and the object does, which takes
/// it away again. Where it cannot be made nobody takes the folder for abandoned.
class FolderMark {
 public:
  explicit FolderMark(std::filesystem::path folder);
  ~FolderMark();
  FolderMark(FolderMark&& other) noexcept
      : folder_(std::move(other.folder_)), descriptor_(std::exchange(other.descriptor_, -1)) {}
  FolderMark& operator=(FolderMark&& other) noexcept;
  FolderMark(const FolderMark&) = delete;
  FolderMark& operator=(const FolderMark&) = delete;

 private:
  std::filesystem::path folder_;
  int descriptor_ = -1;
};

/// Removes folders in `place` whose names begin so, which a process of this user marked more than a day ago and did not
/// live to remove.
void remove_abandoned(const std::filesystem::path& place, std::string_view beginning);

}  // namespace quantrail
