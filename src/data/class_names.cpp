#include "data/class_names.h"

#include "base/files.h"
#include "base/text.h"

namespace quantrail {

std::string_view trimmed_line(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r";
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::vector<std::string_view> trimmed_lines(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    lines.push_back(trimmed_line(text.substr(0, end)));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

Result<ClassNames> read_class_names(const std::filesystem::path& path) {
  const auto text = read_file(path);
  if (!text) return failed(text);
  auto lines = trimmed_lines(*text);
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  if (lines.empty()) return fail(Cause::InvalidInput, "{}: there are no names of classes", path.string());
  ClassNames classes;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].empty())
      return fail(Cause::InvalidInput, "{}:{}: the name of class {} is missing", path.string(), i + 1, i);
    const auto [found, added] = classes.emplace(lines[i], i);
    if (!added)
      return fail(Cause::InvalidInput, "{}:{}: \"{}\" is the name of class {} already", path.string(), i + 1,
                  printable(lines[i]), found->second);
  }
  return classes;
}

}  // namespace quantrail
