"""What the pages share: cached loaders, pickers, the sidebar. Imports streamlit."""
