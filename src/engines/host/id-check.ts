/**
 * Ends a script unless `$id` is a container ID of podman or docker. Scripts that kill processes or
 * delete folders by an ID check it again: with `/` or `..` in it they would reach other things.
 */
export const idCheck = `case $id in
  *[!0-9a-f]* | '') echo "\"$id\" is not a container ID" >&2; exit 70 ;;
esac`;
