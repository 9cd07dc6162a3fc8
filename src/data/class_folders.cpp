#include "data/class_folders.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "base/text.h"

namespace quantrail {
namespace {

std::optional<std::int64_t> plain_number(std::string_view name) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), value);
  const bool whole = error == std::errc() && end == name.data() + name.size() && name.front() != '-';
  return whole ? std::optional(value) : std::nullopt;
}

/// Of folders that are all named by numbers, each by another one below `classes`; else none.
std::vector<std::int64_t> numbers_of(const std::vector<std::string>& names, std::int64_t classes) {
  std::vector<std::int64_t> numbers;
  for (const auto& name : names) {
    const auto number = plain_number(name);
    if (!number || (classes > 0 && *number >= classes)) return {};
    numbers.push_back(*number);
  }
  const bool different = std::set(numbers.begin(), numbers.end()).size() == numbers.size();
  return different ? numbers : std::vector<std::int64_t>();
}

Result<FolderLabels> named_labels(const std::vector<ClassFolder>& folders, const ClassNames& names) {
  FolderLabels out;
  for (const auto& folder : folders) {
    const auto found = names.find(folder.name);
    out.labels.push_back(found == names.end() ? std::nullopt : std::optional(found->second));
    if (found != names.end() || !folder.has_images) continue;
    std::vector<std::string> known;
    for (const auto& [name, number] : names) known.push_back(name);
    return fail(Cause::InvalidInput, "the folder \"{}\" is no name of data.classes{}", printable(folder.name),
                printable(did_you_mean(folder.name, known)));
  }
  return out;
}

std::string count_text(std::size_t folders, std::int64_t classes) {
  std::string text = fmt::format("{} class folder{}", folders, folders == 1 ? "" : "s");
  if (classes > 0 && folders != static_cast<std::size_t>(classes))
    text += fmt::format(", the network scores {}", classes);
  return text;
}

/// What people may take for something else; empty where all is as anybody would expect.
std::string note_on(const std::vector<std::string>& names, const std::vector<std::int64_t>& numbers,
                    std::int64_t classes) {
  constexpr std::string_view kRemedy = "data.classes names another order";
  std::size_t moved = 0;  // the first folder whose number is not its place
  while (moved < numbers.size() && numbers[moved] == static_cast<std::int64_t>(moved)) ++moved;
  const bool as_many = classes == 0 || names.size() == static_cast<std::size_t>(classes);
  const std::string count = count_text(names.size(), classes);
  if (!numbers.empty() && moved < numbers.size()) {
    return fmt::format(
        "{}: they are named by numbers, which are the labels (\"{}\" is {}, not {} as by its place among the sorted "
        "names); {}",
        count, printable(names[moved]), numbers[moved], moved, kRemedy);
  }
  if (as_many) return "";
  if (!numbers.empty()) return fmt::format("{}: the folders' numbers are the labels; {}", count, kRemedy);
  return fmt::format("{}: labels are the folders' places by name (\"{}\" is 0, \"{}\" is {}); {}", count,
                     printable(names.front()), printable(names.back()), names.size() - 1, kRemedy);
}

}  // namespace

Result<FolderLabels> folder_labels(const std::vector<ClassFolder>& folders, const std::optional<ClassNames>& names,
                                   std::int64_t classes) {
  if (names) return named_labels(folders, *names);
  const auto with_images = std::count_if(folders.begin(), folders.end(), [](const auto& f) { return f.has_images; });
  const bool suffice = with_images == classes && classes > 0;
  std::vector<std::string> counted, empty;
  for (const auto& folder : folders) {
    if (folder.has_images || !suffice) counted.push_back(folder.name);
    if (!folder.has_images) empty.push_back("\"" + printable(folder.name) + "\"");
  }
  const auto numbers = numbers_of(counted, classes);
  FolderLabels out;
  std::size_t place = 0;
  for (const auto& folder : folders) {
    auto& label = out.labels.emplace_back();
    if (!folder.has_images && suffice) continue;
    label = numbers.empty() ? static_cast<std::int64_t>(place) : numbers[place];
    ++place;
  }
  if (!counted.empty()) out.notes.push_back(note_on(counted, numbers, classes));
  if (!empty.empty()) {
    out.notes.push_back(fmt::format("{} without images, and {}", joined(empty, ", "),
                                    suffice ? "left out" : "counted as class folders all the same"));
  }
  std::erase(out.notes, "");
  return out;
}

}  // namespace quantrail
