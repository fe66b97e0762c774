"""What archiver is called where it is installed from, and its configuration."""

# Import and command are `archiver`; that name on the package index belongs to another program, of 2011.
DISTRIBUTION = "wechat-archiver"
# The line that installs it; {} is where it is: a checkout, a wheel or an address, since it is not published yet.
INSTALL = "pipx install {}"
# What its configuration is called, in the notes folder: the second where another program has a config.toml of its own,
# such as Hugo or Zola. They stand here for --help, which loads nothing of the configuration.
FILE_NAME = "config.toml"
OTHER_NAME = "archiver.toml"
